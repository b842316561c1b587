with Ada.Text_IO; use Ada.Text_IO;
with Modules;     use Modules;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   function N (Value : Boolean) return String is
   begin
      return N (Integer'(Boolean'Pos (Value)));
   end N;

   function Scaled (X : Long_Float) return String is
   begin
      return N (Integer (X * 100.0));
   end Scaled;

   A     : Pair := (1.0, 1);
   B     : Pair := (2.0, 2);
   List  : constant Pair_Array (8 .. 10) := ((1.0, 0), (7.0, 0), (3.0, 0));
   Place : aliased Integer;
   Text  : String (1 .. 6);
   X     : Long_Float;
begin
   Swap (A, B);
   Put_Line ("swap" & Scaled (A.X) & N (A.N) & Scaled (B.X) & N (B.N));
   X := Heaviest (List, Place'Unchecked_Access);
   Put_Line ("heaviest" & Scaled (X) & N (Place));
   Put_Line ("heaviest" & Scaled (Heaviest (List)));
   Label (5, Text);
   if Text (4 .. 6) /= "   " then
      Put_Line ("not padded");
   end if;
   Put_Line ("label " & Text (1 .. 3) & "..");
   Put_Line
     ("positive" & N (The_Positive (1.0)) & N (The_Positive (-1.0)));
end Host;
