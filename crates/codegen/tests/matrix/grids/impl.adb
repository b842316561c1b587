package body Impl is

   function Trace (A : Vector; Lda, N : Integer) return Long_Float is
      Sum : Long_Float := 0.0;
   begin
      for I in 1 .. Integer'Min (Lda, N) loop
         Sum := Sum + A (I + (I - 1) * Lda);
      end loop;
      return Sum;
   end Trace;

   procedure Transpose (M, N : Integer; A : Vector; B : in out Vector) is
   begin
      for I in 1 .. M loop
         for J in 1 .. N loop
            B (J + (I - 1) * N) := A (I + (J - 1) * M);
         end loop;
      end loop;
   end Transpose;

   procedure Scale (N : Integer; X : in out Vector; Factor : Long_Float) is
   begin
      for I in 1 .. N loop
         X (I) := Factor * X (I);
      end loop;
   end Scale;

   function Horner (N : Integer; C : Complexes; Z : Complex) return Complex is
      Sum : Complex := C (N);
   begin
      for I in reverse 0 .. N - 1 loop
         Sum :=
           (Sum.Re * Z.Re - Sum.Im * Z.Im + C (I).Re,
            Sum.Re * Z.Im + Sum.Im * Z.Re + C (I).Im);
      end loop;
      return Sum;
   end Horner;

   function Count (Flags : Logicals; N : Integer) return Integer is
      Result : Integer := 0;
   begin
      for I in 1 .. N loop
         Result := Result + Boolean'Pos (Flags (I) /= 0);
      end loop;
      return Result;
   end Count;

end Impl;
