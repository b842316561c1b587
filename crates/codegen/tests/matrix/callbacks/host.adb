with Ada.Text_IO; use Ada.Text_IO;
with Called;
with Callbacks;   use Callbacks;

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

   Slope   : aliased Long_Float := 2.0;
   Sum     : aliased Integer := 40;
   Values  : Integer_Array (5 .. 8) := (10, 20, 30, 40);
   Visited : Integer;
begin
   Put_Line
     ("integrate"
      & Scaled
          (Integrate (Called.Line'Access, Slope'Address, 0.0, 4.0, 8)));
   Each (Values, Called.Add_Rank'Access, Sum'Address, Visited);
   Put_Line
     ("each" & N (Visited) & N (Values (5)) & N (Values (6)) & N (Values (7))
      & N (Values (8)) & N (Sum));
end Host;
