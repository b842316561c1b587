with Ada.Text_IO; use Ada.Text_IO;
with Called;
with Quadrature;  use Quadrature;

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

   X : Long_Float_Array (4 .. 5) := (1.0, 5.0);
begin
   Put_Line ("simpson" & Scaled (Simpson (Called.Square'Access, 0.0, 3.0, 4)));
   Walk (Called.Turn'Access, 0.5, 2, X);
   Put_Line ("walk" & Scaled (X (4)) & Scaled (X (5)));
end Host;
