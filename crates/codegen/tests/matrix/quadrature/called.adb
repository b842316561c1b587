package body Called is

   function Square (X : Long_Float_Constant_Access) return Long_Float is
   begin
      return X.all ** 2;
   end Square;

   procedure Turn
     (T : Long_Float_Constant_Access; V : out Long_Float_Array_2) is
   begin
      V := (2.0, 2.0 * T.all);
   end Turn;

end Called;
