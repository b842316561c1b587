with Ada.Text_IO; use Ada.Text_IO;
with Ada.Numerics.Complex_Types;
with Ada.Numerics.Long_Complex_Types;
with Phasor;

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

   package Single renames Ada.Numerics.Complex_Types;

   procedure Show
     (Name : String; Z : Ada.Numerics.Long_Complex_Types.Complex) is
   begin
      Put_Line (Name & Scaled (Z.Re) & Scaled (Z.Im));
   end Show;

   Z    : Ada.Numerics.Long_Complex_Types.Complex := (3.0, 4.0);
   Half : Single.Complex;
begin
   Show ("turn", Standard.Phasor.Turn ((3.0, 4.0)));
   Half := Standard.Phasor.Turn_Single ((0.25, 0.75), 2.0);
   Put_Line
     ("turn_single" & Scaled (Long_Float (Half.Re))
      & Scaled (Long_Float (Half.Im)));
   Standard.Phasor.Scale (Z, (1.0, 2.0));
   Show ("scale", Z);
   Show
     ("sum", Standard.Phasor.Sum (((1.0, 0.5), (2.0, -1.0), (3.0, -2.0))));
end Host;
