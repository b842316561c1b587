with Ada.Text_IO; use Ada.Text_IO;
with Shaped;      use Shaped;

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

   X : constant Long_Float_Array (-1 .. 1) := (1.0, 2.0, 3.0);
   --  Of any bounds, so that its access type is that of the package
   W : aliased Long_Float_Array := (1.0, 2.0, 3.0);
   R : Integer_Array (11 .. 13);
   M : Long_Float_Matrix (1 .. 3, 1 .. 2) := (others => (0.0, 1.0));
begin
   Put_Line ("total" & Scaled (Total (X)));
   Put_Line ("total" & Scaled (Total (X, W'Unchecked_Access)));
   Ramp (R, 5);
   Put_Line ("ramp" & N (R (11)) & N (R (12)) & N (R (13)));
   Add (M, 1.0);
   Put ("add");
   for J in M'Range (2) loop
      for I in M'Range (1) loop
         Put (N (Integer (M (I, J))));
      end loop;
   end loop;
   New_Line;
end Host;
