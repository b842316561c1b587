with Ada.Characters.Handling;

package body Impl is

   function Sum (V : Vecteur) return Long_Float is
      Result : Long_Float := 0.0;
   begin
      for I in V'Range loop
         Result := Result + V (I);
      end loop;
      return Result;
   end Sum;

   function Greatest (V : Vecteur) return Integer is
      Result : Integer := V'First - 1;
   begin
      for I in V'Range loop
         if Result < V'First or else V (I) > V (Result) then
            Result := I;
         end if;
      end loop;
      return Result;
   end Greatest;

   procedure Scale (V : in out Vecteur; K : Long_Float) is
   begin
      for I in V'Range loop
         V (I) := V (I) * K;
      end loop;
   end Scale;

   procedure Number (V : out Entiers) is
   begin
      for I in V'Range loop
         V (I) := I;
      end loop;
   end Number;

   procedure Upper (S : String; T : out String) is
   begin
      T := (others => ' ');
      for I in 0 .. Integer'Min (S'Length, T'Length) - 1 loop
         T (T'First + I) :=
           Ada.Characters.Handling.To_Upper (S (S'First + I));
      end loop;
   end Upper;

   function Tally (C : Character; S : String) return Integer is
      Result : Integer := 0;
   begin
      for I in S'Range loop
         Result := Result + Boolean'Pos (S (I) = C);
      end loop;
      return Result;
   end Tally;

   function Moment (M : Matrice) return Long_Float is
      Result : Long_Float := 0.0;
   begin
      for I in M'Range (1) loop
         for J in M'Range (2) loop
            Result := Result + Long_Float (J) * M (I, J);
         end loop;
      end loop;
      return Result;
   end Moment;

   function Checksum (O : Octets) return Integer is
      Result : Integer := 0;
   begin
      for I in O'Range loop
         Result := Result + Integer (O (I));
      end loop;
      return Result;
   end Checksum;

   function Apart
     (A, B : Integer; V : Vecteur; C : Integer; W : Vecteur; D : Integer)
      return Long_Float is
   begin
      return Long_Float (A + B + C + D) * Sum (W) + Sum (V) * 5.0;
   end Apart;

end Impl;
