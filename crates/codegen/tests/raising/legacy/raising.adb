with Ada.Exceptions; use Ada.Exceptions;
package body Raising is

   function Transmettre (Kind : Integer) return Integer;
   pragma Import (Ada, Transmettre, "raising_transmettre");

   subtype Petit is Integer range 1 .. 5;
   type Acces is access all Integer;

   function Diviser (A, B : Integer) return Integer is (A / B);

   function Lever (Kind : Integer) return Integer is
      P : Petit;
      Q : Acces := null;
      V : array (1 .. 3) of Integer := (others => Kind);
   begin
      case Kind is
         when 1 =>
            raise Hors_Limites with "altitude " & Character'Val (16#E9#) & "lev" & Character'Val (16#E9#) & "e";
         when 2 =>
            P := Kind * 10;
            return P;
         when 3 =>
            return Q.all;
         when 4 =>
            return V (Kind);
         when 5 =>
            raise Program_Error with (1 .. 500 => 'z');
         when 6 =>
            raise Hors_Limites;
         when 7 =>
            begin
               return Lever (1);
            exception
               when Hors_Limites =>
                  raise;
            end;
         when 8 =>
            begin
               return Lever (1);
            exception
               when E : Hors_Limites =>
                  raise Storage_Error with "apres " & Exception_Name (E);
            end;
         when others =>
            return Kind * 3;
      end case;
   end Lever;

   procedure Hote (Kind : Integer; Texte : System.Address; Lg : Integer) is
      Sortie : String (1 .. Lg);
      for Sortie'Address use Texte;
      pragma Import (Ada, Sortie);

      procedure Rendre (S : String) is
         N : constant Integer := Integer'Min (S'Length, Lg - 1);
      begin
         Sortie (1 .. N) := S (S'First .. S'First + N - 1);
         Sortie (N + 1) := ASCII.NUL;
      end Rendre;
   begin
      Rendre (Integer'Image (Transmettre (Kind)));
   exception
      when E : Hors_Limites =>
         Rendre ("hors limites: " & Exception_Message (E));
      when E : others =>
         Rendre (Exception_Name (E) & ": " & Exception_Message (E));
   end Hote;

end Raising;
