package Impl is
   pragma Elaborate_Body;

   type Address_Of_Float is access constant Long_Float;
   pragma Convention (C, Address_Of_Float);
   type Address_Of_Integer is access constant Integer;
   pragma Convention (C, Address_Of_Integer);
   type Vector is array (1 .. 2) of Long_Float;

   type Integrand is access
     function (X : Address_Of_Float) return Long_Float;
   pragma Convention (C, Integrand);
   type Field is access procedure (T : Address_Of_Float; V : out Vector);
   pragma Convention (C, Field);

   function Simpson
     (F : Integrand; A, B : Address_Of_Float; N : Address_Of_Integer)
      return Long_Float;
   pragma Export (C, Simpson, "quadrature_simpson_");

   procedure Walk
     (G  : Field;
      Dt : Address_Of_Float;
      N  : Address_Of_Integer;
      X  : in out Vector);
   pragma Export (C, Walk, "quadrature_walk_");
end Impl;
