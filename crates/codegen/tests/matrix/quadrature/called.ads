--  What the routines call back: at library level, where an access to it may
--  be kept.
with Quadrature; use Quadrature;

package Called is

   function Square (X : Long_Float_Constant_Access) return Long_Float;
   pragma Convention (C, Square);

   procedure Turn
     (T : Long_Float_Constant_Access; V : out Long_Float_Array_2);
   pragma Convention (C, Turn);

end Called;
