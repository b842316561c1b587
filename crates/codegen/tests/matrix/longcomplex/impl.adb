package body Impl is

   function Conjugate (Z : Complex) return Complex is
   begin
      return (Z.Re, -Z.Im);
   end Conjugate;

   procedure Swap (Z : Address_Of_Complex) is
   begin
      Z.all := (Z.Im, Z.Re);
   end Swap;

end Impl;
