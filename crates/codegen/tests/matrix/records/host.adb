with Ada.Text_IO; use Ada.Text_IO;
with Interfaces;  use Interfaces;
with Records;     use Records;

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

   function Scaled (X : Long_Float; By : Long_Float := 100.0) return String is
   begin
      return N (Integer (X * By));
   end Scaled;

   P : constant Point := Middle ((1.0, -3.0), (4.0, 1.0));
   D : constant Date := Later ((19116, 86400.0 - 1.25), 2.5);
   L : constant Records.Line := Through ((1.0, 1.0), (3.0, 5.0));
   R : constant Range_Type := Wider ((0, 100), 5);
   C : constant Vector := Cross ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0));
   W : constant Limits := Widen ((V => (10.0, 10.0, 10.0, 10.0, 10.0)), 1.0);
   S : constant Integer_64 :=
     Spill ((7, 6), (5, 4), 3, (1, 1), (1, 0.5));
   T : Track :=
     (From => (1.0, 4.0), The_At => (19115, 0.0), Code => 3, Rank => 70,
      Weight => 3.0);
   Copy : Point;
begin
   Put_Line ("norm" & Scaled (Norm ((3.0, 4.0))));
   Put_Line ("middle" & Scaled (P.X) & Scaled (P.Y));
   Put_Line ("later" & N (D.Day) & Scaled (D.Sec));
   Put_Line
     ("through" & Scaled (Long_Float (L.Slope))
      & Scaled (Long_Float (L.Origin)));
   Put_Line
     ("wider" & N (R.First) & N (R.Last));
   Put_Line ("cross" & Scaled (C.X) & Scaled (C.Y) & Scaled (C.Z));
   Put ("widen");
   for I in W.V'Range loop
      Put (Scaled (W.V (I), 10.0));
   end loop;
   New_Line;
   Put_Line ("spill" & N (S));
   Advance (T, (2.0, 1.0), Copy);
   Put_Line
     ("advance" & Scaled (T.From.X) & Scaled (T.From.Y)
      & N (T.The_At.Day) & N (Integer (T.Code))
      & N (Integer (T.Rank)) & Scaled (T.Weight));
   Put_Line ("copy" & Scaled (Copy.X) & Scaled (Copy.Y));
end Host;
