package Impl is
   pragma Elaborate_Body;

   type Complex is record
      Re, Im : Long_Long_Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Complex);
   pragma Complex_Representation (Complex);
   type Address_Of_Complex is access all Complex;
   pragma Convention (C, Address_Of_Complex);

   function Conjugate (Z : Complex) return Complex;
   pragma Export (C, Conjugate, "longcomplex_conjugate");

   procedure Swap (Z : Address_Of_Complex);
   pragma Export (C, Swap, "longcomplex_swap");
end Impl;
