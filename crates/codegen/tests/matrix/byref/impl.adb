with Ada.Numerics.Long_Elementary_Functions;
use  Ada.Numerics.Long_Elementary_Functions;

package body Impl is

   procedure Add
     (A : Long_Float; B : Float; N : in out Integer; C : out Long_Float) is
   begin
      C := A + Long_Float (B);
      N := N + 1;
   end Add;

   function Even (N : Integer) return Integer is
   begin
      return Boolean'Pos (N mod 2 = 0);
   end Even;

   procedure Toggle (Flag : in out Integer; On : Integer) is
   begin
      Flag := Boolean'Pos (On /= 0 and Flag = 0);
   end Toggle;

   function Product (Z : Complex; W : Single) return Complex is
      A : constant Long_Float := Long_Float (W.Re);
      B : constant Long_Float := Long_Float (W.Im);
   begin
      return (Z.Re * A - Z.Im * B, Z.Re * B + Z.Im * A);
   end Product;

   function Half (Z : Single) return Single is
   begin
      return (Z.Re / 2.0, Z.Im / 2.0);
   end Half;

   function Mean (A, B : Float) return Float is
   begin
      return (A + B) / 2.0;
   end Mean;

   function Cube (N : Integer) return Integer_64 is
   begin
      return Integer_64 (N) ** 3;
   end Cube;

   function Root
     (X : Address_Of_Float; Ier : Address_Of_Code) return Long_Float is
   begin
      if X.all < 0.0 then
         Ier.all := 1;
      elsif X.all > 0.0 then
         Ier.all := 0;
      else
         Ier.all := -1;
      end if;
      return Sqrt (abs X.all);
   end Root;

end Impl;
