package Impl is
   pragma Elaborate_Body;

   type Point is record
      X, Y : Long_Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Point);
   type Address_Of_Point is access all Point;
   pragma Convention (C, Address_Of_Point);

   type Cells is array (0 .. 1, 0 .. 2) of Integer;
   type Corners is array (0 .. 1) of Point;
   type Grid is record
      Inner  : Cells;
      Outer  : Corners;
      Label  : String (1 .. 4);
      Level  : Long_Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Grid);
   type Address_Of_Grid is access all Grid;
   pragma Convention (C, Address_Of_Grid);

   --  As many elements as the caller says
   type Points is array (0 .. 2 ** 24 - 1) of Point;
   type Wide is array (0 .. 1, 0 .. 2) of Long_Float;
   type High is array (0 .. 2, 0 .. 1) of Long_Float;

   procedure Transform (G : Address_Of_Grid; By : Long_Float);
   pragma Export (C, Transform, "nested_transform");

   function Total (G : Grid) return Long_Float;
   pragma Export (C, Total, "nested_total");

   function Raised (G : Grid; By : Long_Float) return Grid;
   pragma Export (C, Raised, "nested_raised");

   procedure Centre (P : Points; N : Integer; C : Address_Of_Point);
   pragma Export (C, Centre, "nested_centre");

   procedure Transpose (A : Wide; B : out High);
   pragma Export (C, Transpose, "nested_transpose");
end Impl;
