with System.Secondary_Stack;

package body Carried is

   function Indice_Max (V : Vecteur) return Integer is
      Rendu : Integer := V'First;
   begin
      for I in V'Range loop
         if V (I) > V (Rendu) then
            Rendu := I;
         end if;
      end loop;
      return Rendu;
   end Indice_Max;

   procedure Doubler (V : in out Vecteur) is
   begin
      for I in V'Range loop
         V (I) := 2.0 * V (I);
      end loop;
   end Doubler;

   function Suite (Debut, Fin : Integer) return Vecteur is
      Rendu : Vecteur (Debut .. Fin);
   begin
      for I in Rendu'Range loop
         Rendu (I) := Long_Float (I);
      end loop;
      return Rendu;
   end Suite;

   function Renverser (S : String) return String is
      Rendu : String (1 .. S'Length);
   begin
      for I in Rendu'Range loop
         Rendu (I) := S (S'Last - I + 1);
      end loop;
      return Rendu;
   end Renverser;

   function Peser (M : Matrice) return Long_Float is
      Rendu : Long_Float := 0.0;
   begin
      for L in M'Range (1) loop
         for C in M'Range (2) loop
            Rendu := Rendu + Long_Float (10 * L + C) * M (L, C);
         end loop;
      end loop;
      return Rendu;
   end Peser;

   function Dernier (O : Octets) return Rang is
   begin
      return O'Last;
   end Dernier;

   procedure Mesurer (V : Vecteur; Somme : out Long_Float; Nombre : out Integer) is
   begin
      Somme := 0.0;
      for I in V'Range loop
         Somme := Somme + V (I);
      end loop;
      Nombre := V'Length;
   end Mesurer;

   function Rust_Indice (V : Vecteur) return Integer;
   pragma Import (Ada, Rust_Indice, "carried_rust_indice");
   procedure Rust_Doubler (V : in out Vecteur);
   pragma Import (Ada, Rust_Doubler, "carried_rust_doubler");
   function Rust_Renverser (S : String) return String;
   pragma Import (Ada, Rust_Renverser, "carried_rust_renverser");
   procedure Rust_Mesurer (V : Vecteur; Somme : out Long_Float; Nombre : out Integer);
   pragma Import (Ada, Rust_Mesurer, "carried_rust_mesurer");

   function Hote_Indice (Premier, Dernier : Integer) return Integer is
      V : constant Vecteur := (-3 => 1.0, -2 => 9.0, -1 => 2.0, 0 => 8.0, 1 => 7.0, 2 => 3.0);
   begin
      return Rust_Indice (V (Premier .. Dernier));
   end Hote_Indice;

   function Hote_Doubler return Integer is
      V : Vecteur := (10 => 1.0, 11 => 2.0, 12 => 4.0, 13 => 8.0);
   begin
      Rust_Doubler (V (11 .. 12));
      return Integer (V (10) + 10.0 * V (11) + 100.0 * V (12) + 1000.0 * V (13));
   end Hote_Doubler;

   function Hote_Renverser (Fois : Integer) return Integer is
      Justes : Integer := 0;
   begin
      for I in 1 .. Fois loop
         declare
            S : constant String := Integer'Image (I);
            R : constant String := Rust_Renverser (S);
         begin
            if R = Renverser (S) and then R'First = 1 and then Rust_Renverser ("") = "" then
               Justes := Justes + 1;
            end if;
         end;
      end loop;
      return Justes;
   end Hote_Renverser;

   function Hote_Mesurer return Integer is
      Somme  : Long_Float;
      Nombre : Integer;
   begin
      Rust_Mesurer ((1.0, 2.0, 4.0), Somme, Nombre);
      return 10 * Integer (Somme) + Nombre;
   end Hote_Mesurer;

   function Occupation return Long_Long_Integer is
   begin
      return System.Secondary_Stack.SS_Get_Max;
   end Occupation;

end Carried;
