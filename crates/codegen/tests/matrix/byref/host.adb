with Ada.Text_IO; use Ada.Text_IO;
with Ada.Numerics.Complex_Types;
with Ada.Numerics.Long_Complex_Types;
with Byref;       use Byref;
with Interfaces;  use Interfaces;

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

   Flag  : Boolean := False;
   Count : Integer := 7;
   C     : Long_Float;
   Z     : Ada.Numerics.Long_Complex_Types.Complex;
   H     : Ada.Numerics.Complex_Types.Complex;

   procedure Try_Root (X : Long_Float) is
      Ier    : Integer;
      Answer : Long_Float;
   begin
      Root (X, Ier, Answer);
      Put_Line ("root" & N (Ier) & Scaled (Answer));
   exception
      when Failure : Byref.Error =>
         Put_Line ("root" & N (Code (Failure)));
   end Try_Root;
begin
   Add (1.5, 2.5, Count, C);
   Put_Line ("add" & Scaled (C) & N (Count));
   Put_Line ("even" & N (Even (3)) & N (Even (4)));
   Put ("toggle");
   for I in 1 .. 3 loop
      Toggle (Flag, I < 3);
      Put (N (Flag));
   end loop;
   New_Line;
   Z := Product ((1.0, 2.0), (3.0, 4.0));
   Put_Line ("product" & Scaled (Z.Re) & Scaled (Z.Im));
   H := Half ((3.0, -1.0));
   Put_Line
     ("half" & Scaled (Long_Float (H.Re)) & Scaled (Long_Float (H.Im)));
   Put_Line ("mean" & Scaled (Long_Float (Mean (2.0, 3.0))));
   Put_Line ("cube" & Integer_64'Image (Cube (2000)));
   Try_Root (9.0);
   Try_Root (-4.0);
   Try_Root (0.0);
end Host;
