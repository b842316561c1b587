with Ada.Text_IO; use Ada.Text_IO;
with Interfaces;  use Interfaces;
with Packed;      use Packed;

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

   P : Packet_Array (3 .. 4);
   S : Sparse := (A => 7, B => 0.225, C => -3);
begin
   Pack (P (3), 65, 2.5, -300);
   Put_Line
     ("pack " & P (3).Tag & Scaled (P (3).Value) & N (Integer (P (3).Rank)));
   Pack (P (4), 64, 1.0, 500);
   Put_Line ("unpack" & Scaled (Unpack (P)));
   Spread (S, 10);
   Put_Line
     ("spread" & N (Integer (S.A)) & Scaled (S.B) & N (Integer (S.C)));
end Host;
