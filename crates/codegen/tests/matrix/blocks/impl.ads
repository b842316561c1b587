package Impl is
   pragma Elaborate_Body;

   --  The COMMON block
   type Constants is record
      Mu, Ae       : Long_Float;
      Calls, Model : Integer;
   end record;
   pragma Convention (C, Constants);
   Cst : Constants;
   pragma Export (C, Cst, "blocks_cst_");

   procedure Init (Mu, Ae : Long_Float; Model : Integer);
   pragma Export (Fortran, Init, "blocks_init_");

   function Ratio (A : Long_Float) return Long_Float;
   pragma Export (Fortran, Ratio, "blocks_ratio_");

   procedure Count (Calls, Model : out Integer);
   pragma Export (Fortran, Count, "blocks_count_");
end Impl;
