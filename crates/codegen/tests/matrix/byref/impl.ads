with Interfaces; use Interfaces;

package Impl is
   pragma Elaborate_Body;

   type Complex is record
      Re, Im : Long_Float;
   end record;
   pragma Convention (C, Complex);
   pragma Complex_Representation (Complex);
   type Single is record
      Re, Im : Float;
   end record;
   pragma Convention (C, Single);
   pragma Complex_Representation (Single);

   procedure Add
     (A : Long_Float; B : Float; N : in out Integer; C : out Long_Float);
   pragma Export (Fortran, Add, "byref_add_");

   --  LOGICAL as the integer that travels
   function Even (N : Integer) return Integer;
   pragma Export (Fortran, Even, "byref_even_");

   procedure Toggle (Flag : in out Integer; On : Integer);
   pragma Export (Fortran, Toggle, "byref_toggle_");

   function Product (Z : Complex; W : Single) return Complex;
   pragma Export (Fortran, Product, "byref_product_");

   function Half (Z : Single) return Single;
   pragma Export (Fortran, Half, "byref_half_");

   function Mean (A, B : Float) return Float;
   pragma Export (Fortran, Mean, "byref_mean_");

   function Cube (N : Integer) return Integer_64;
   pragma Export (Fortran, Cube, "byref_cube_");

   type Address_Of_Code is access all Integer;
   pragma Convention (C, Address_Of_Code);
   type Address_Of_Float is access constant Long_Float;
   pragma Convention (C, Address_Of_Float);

   function Root
     (X : Address_Of_Float; Ier : Address_Of_Code) return Long_Float;
   pragma Export (C, Root, "byref_root_");
end Impl;
