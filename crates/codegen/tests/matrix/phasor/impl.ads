package Impl is
   pragma Elaborate_Body;

   type Complex is record
      Re, Im : Long_Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Complex);
   pragma Complex_Representation (Complex);
   type Address_Of_Complex is access all Complex;
   pragma Convention (C, Address_Of_Complex);

   type Single is record
      Re, Im : Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Single);
   pragma Complex_Representation (Single);

   --  As many elements as the caller says
   type List is array (0 .. 2 ** 24 - 1) of Complex;

   function Turn (Z : Complex) return Complex;
   pragma Export (C, Turn, "phasor_turn");

   function Turn_Single (Z : Single; K : Float) return Single;
   pragma Export (C, Turn_Single, "phasor_turn_single");

   procedure Scale (Z, By : Address_Of_Complex);
   pragma Export (C, Scale, "phasor_scale");

   function Sum (Z : List; N : Integer) return Complex;
   pragma Export (C, Sum, "phasor_sum");
end Impl;
