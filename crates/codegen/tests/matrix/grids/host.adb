with Ada.Text_IO; use Ada.Text_IO;
with Ada.Numerics.Long_Complex_Types; use Ada.Numerics.Long_Complex_Types;
with Grids;       use Grids;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   function Scaled (X : Long_Float) return String is
   begin
      return N (Integer (X * 100.0));
   end Scaled;

   S : Long_Float_Matrix (1 .. 4, 1 .. 3) := (others => (others => 0.0));
   A : constant Long_Float_Matrix (1 .. 2, 1 .. 3) :=
     ((1.0, 3.0, 5.0), (2.0, 4.0, 6.0));
   B : Long_Float_Matrix (1 .. 3, 1 .. 2);
   X : Long_Float_Array (7 .. 9) := (1.0, 2.0, 3.0);
   Z : Complex;
begin
   for I in 1 .. 3 loop
      S (I, I) := 5.0;
   end loop;
   Put_Line ("trace" & Scaled (Trace (S)));
   Transpose (A, B);
   Put ("transpose");
   for J in B'Range (2) loop
      for I in B'Range (1) loop
         Put (Scaled (B (I, J)));
      end loop;
   end loop;
   New_Line;
   Scale (X, 2.0);
   Put ("scale");
   for I in X'Range loop
      Put (N (Integer (10.0 * X (I))));
   end loop;
   New_Line;
   Z := Horner (2, ((1.0, 0.0), (0.0, 0.0), (1.0, 0.0)), (1.0, 2.0));
   Put_Line ("horner" & Scaled (Z.Re) & Scaled (Z.Im));
   Put_Line ("count" & N (Grids.Count ((True, False, True, False))));
end Host;
