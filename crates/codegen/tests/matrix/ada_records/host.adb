with Ada.Text_IO;         use Ada.Text_IO;
with Interfaces;          use Interfaces;
with Ada_Records_Binding; use Ada_Records_Binding;

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

   function N (Value : Kind) return String is
   begin
      return N (Integer'(Kind'Pos (Value)));
   end N;

   function Scaled (X : Long_Float; By : Long_Float := 100.0) return String is
   begin
      return N (Integer (X * By));
   end Scaled;

   Any   : Limit := (Band, 3, Least => 1.0, Most => 2.0);
   Fixed : Limit (Band) := (Band, 3, Least => 1.0, Most => 2.0);
   Made  : constant Limit := The_Standard (7);
   Other : constant Limit := The_Standard (2);
   T     : Track := ((1.0, 2.0, 3.0), 7, (others => 'x'), False);
   P     : Pair := (-7, 8);
   B     : Battery := (1.0, 3, True);
   W     : constant Word := Decode (10964);
   M     : constant Mask := (0 | 5 | 15 => True, others => False);
   D     : Decimal;
   C     : constant Long_Float_Array_3 :=
     Cross ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0));
   Full  : Boolean;
begin
   Put_Line
     ("excess" & Scaled (Excess (Any, 2.5)) & Scaled (Excess (Fixed, 1.5))
      & Scaled (Excess ((Low, 0, 1.0), 0.75))
      & Scaled (Excess ((State, 0, 3), 4.0)));
   Become (Any, Low);
   Put_Line
     ("become" & N (Any.The_Kind) & N (Any.Persistence)
      & Scaled (Any.Threshold));
   Become (Fixed, Low);
   Put_Line
     ("become" & N (Fixed.The_Kind) & Scaled (Fixed.Least)
      & Scaled (Fixed.Most));
   Put_Line
     ("standard" & N (Made.The_Kind) & N (Made.Persistence) & N (Made.Value));
   Put_Line
     ("standard" & N (Other.The_Kind) & Scaled (Other.Least)
      & Scaled (Other.Most));
   Advance (T, 0.5);
   Put_Line
     ("advance" & Scaled (T.Position (1)) & Scaled (T.Position (2))
      & Scaled (T.Position (3)) & N (Integer (T.Rank)) & " "
      & T.Name (1 .. 5) & N (T.Valid));
   Swap (P);
   Put_Line ("swap" & N (P.First) & N (P.Second));
   Load (B, 0.5, Full);
   Put_Line
     ("load" & Scaled (Long_Float (B.Charge), 1000.0) & N (B.Cycles)
      & N (B.Discharging) & N (Full));
   Load (B, 1.0, Full);
   Put_Line
     ("load" & Scaled (Long_Float (B.Charge), 1000.0) & N (B.Cycles)
      & N (B.Discharging) & N (Full));
   if W.Sensor /= On then
      Put_Line ("the sensor is " & Equipment'Image (W.Sensor));
   end if;
   Put_Line
     ("decode 4" & N (Integer (W.Turning)) & N (W.Heating)
      & N (Integer (W.Counter)));
   Put_Line ("encode" & N (Integer (Encode (W))));
   Put_Line ("ones" & N (Ones (M)));
   for I in D'Range loop
      D (I) := Unsigned_8 (I);
   end loop;
   Put_Line ("number" & Integer_64'Image (Number (D)));
   Put_Line ("cross" & Scaled (C (1)) & Scaled (C (2)) & Scaled (C (3)));
end Host;
