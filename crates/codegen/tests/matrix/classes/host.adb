with Ada.Text_IO; use Ada.Text_IO;
with Classes;     use Classes;

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

   A, B, C : Slot;
   L       : Label;
begin
   Slot_Construct (A, 1.0, 5.0);
   Put_Line ("slot" & Scaled (Slot_Length (A)));
   Slot_Construct (B, 3.0, 8.0);
   C := Common (A, B);
   Put_Line ("common" & Scaled (C.The_Begin) & Scaled (C.The_End));
   Shift (A, 0.5);
   Put_Line ("shift" & Scaled (A.The_Begin) & Scaled (A.The_End));
   L := Label_Of (42);
   Put_Line ("label" & N (L.Id) & N (L.Copies));
end Host;
