with Ada.Text_IO; use Ada.Text_IO;
with Ada.Numerics.Long_Long_Complex_Types;
use  Ada.Numerics.Long_Long_Complex_Types;
with Longcomplex; use Longcomplex;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   procedure Show (Name : String; Z : Complex) is
   begin
      Put_Line
        (Name & N (Integer (100.0 * Z.Re)) & N (Integer (100.0 * Z.Im)));
   end Show;

   Z : Complex := (1.5, 2.5);
begin
   Show ("conjugate", Longcomplex.Conjugate (Z));
   Swap (Z);
   Show ("swap", Z);
end Host;
