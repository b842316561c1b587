package body Impl is

   function Many
     (A : Long_Float; K : Integer; B : Long_Float; L : Integer_64; C : Float;
      M : Integer; D : Long_Float; N : Integer_16; E : Long_Float;
      O : Integer; F : Long_Float; P : Integer; G : Long_Float; Q : Integer_8;
      H : Long_Float; R : Integer_16; X : Long_Float; S : Integer_64)
      return Long_Float is
   begin
      return A + 2.0 * B + 3.0 * Long_Float (C) + 4.0 * D + 5.0 * E + 6.0 * F
        + 7.0 * G + 8.0 * H + 9.0 * X
        + Long_Float
            (K + 2 * Integer (L) + 3 * M + 4 * Integer (N) + 5 * O + 6 * P
             + 7 * Integer (Q) + 8 * Integer (R) + 9 * Integer (S));
   end Many;

   function Narrow
     (A : Integer_8; B : Unsigned_8; C : Integer_16; D : Unsigned_16)
      return Integer is
   begin
      return Integer (A) + Integer (B) + Integer (C) - Integer (D);
   end Narrow;

   function Wide (A, B : Integer_64) return Integer_64 is
   begin
      return A * B;
   end Wide;

   function Single (X : Float) return Float is
   begin
      return -X / 2.0;
   end Single;

   function Negate (B : Unsigned_8) return Unsigned_8 is
   begin
      return 1 - B;
   end Negate;

   procedure Halve
     (X : Address_Of_Float; Y : out Long_Float; Count : in out Integer) is
   begin
      Y := X.all / 2.0;
      Count := Count + 1;
   end Halve;

end Impl;
