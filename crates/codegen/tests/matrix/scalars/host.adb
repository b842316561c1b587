with Ada.Text_IO; use Ada.Text_IO;
with Interfaces;  use Interfaces;
with Scalars;     use Scalars;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer_64) return String is
   begin
      if Value < 0 then
         return " " & Integer_64'Image (Value);
      end if;
      return Integer_64'Image (Value);
   end N;

   function N (Value : Integer) return String is
   begin
      return N (Integer_64 (Value));
   end N;

   Many  : constant Long_Float :=
     Scalars.Many
       (A => 1.5, K => 1, B => 2.5, L => 20, C => 3.5, M => 3, D => 4.5,
        N => -4, E => 5.5, O => 5, F => 6.5, P => 6, G => 7.5, Q => -7,
        H => 8.5, R => 8, X => 9.5, S => 90);
   Y     : Long_Float;
   Count : Integer := 7;
begin
   Put_Line ("many" & N (Integer (10.0 * Many)));
   Put_Line ("narrow" & N (Narrow (-5, 250, -300, 32490)));
   Put_Line ("wide" & N (Wide (3_000_000, 3_000_000)));
   Put_Line ("single" & N (Integer (100.0 * Single (5.0))));
   Put_Line
     ("negate" & N (Integer (Boolean'Pos (Negate (True))))
      & N (Integer (Boolean'Pos (Negate (False)))));
   Halve (7.5, Y, Count);
   Put_Line
     ("halve" & N (Integer (100.0 * Y)) & N (Count));
end Host;
