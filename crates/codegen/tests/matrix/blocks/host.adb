with Ada.Text_IO; use Ada.Text_IO;
with Blocks;      use Blocks;

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

   Calls, Model : Integer;
begin
   Init (398_600.0, 6378.0, 7);
   Blocks.Count (Calls, Model);
   Put_Line ("count" & N (Calls) & N (Model));
   Put_Line ("ratio" & Scaled (Ratio (12_756.0)));
   --  The block itself, written and read
   The_Cst.Ae := 12_756.0;
   Put_Line ("ratio" & Scaled (Ratio (6378.0)));
   Put_Line ("count" & N (The_Cst.Calls) & N (The_Cst_As_Cst_Count.Num (2)));
   if Integer (The_Cst.Mu) /= 398_600 then
      Put_Line ("mu" & Scaled (The_Cst.Mu));
   end if;
end Host;
