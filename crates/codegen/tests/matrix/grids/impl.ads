package Impl is
   pragma Elaborate_Body;

   type Complex is record
      Re, Im : Long_Float;
   end record;
   pragma Convention (C, Complex);
   pragma Complex_Representation (Complex);

   --  As many elements as the caller says, columns first
   type Vector is array (1 .. 2 ** 24) of Long_Float;
   type Complexes is array (0 .. 2 ** 24) of Complex;
   type Logicals is array (1 .. 2 ** 24) of Integer;

   function Trace (A : Vector; Lda, N : Integer) return Long_Float;
   pragma Export (Fortran, Trace, "grids_trace_");

   procedure Transpose (M, N : Integer; A : Vector; B : in out Vector);
   pragma Export (Fortran, Transpose, "grids_transpose_");

   procedure Scale (N : Integer; X : in out Vector; Factor : Long_Float);
   pragma Export (Fortran, Scale, "grids_scale_");

   function Horner (N : Integer; C : Complexes; Z : Complex) return Complex;
   pragma Export (Fortran, Horner, "grids_horner_");

   function Count (Flags : Logicals; N : Integer) return Integer;
   pragma Export (Fortran, Count, "grids_count_");
end Impl;
