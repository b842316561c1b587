with Interfaces; use Interfaces;

package Impl is
   pragma Elaborate_Body;

   function Many
     (A : Long_Float; K : Integer; B : Long_Float; L : Integer_64; C : Float;
      M : Integer; D : Long_Float; N : Integer_16; E : Long_Float;
      O : Integer; F : Long_Float; P : Integer; G : Long_Float; Q : Integer_8;
      H : Long_Float; R : Integer_16; X : Long_Float; S : Integer_64)
      return Long_Float;
   pragma Export (C, Many, "scalars_many");

   function Narrow
     (A : Integer_8; B : Unsigned_8; C : Integer_16; D : Unsigned_16)
      return Integer;
   pragma Export (C, Narrow, "scalars_narrow");

   function Wide (A, B : Integer_64) return Integer_64;
   pragma Export (C, Wide, "scalars_wide");

   function Single (X : Float) return Float;
   pragma Export (C, Single, "scalars_single");

   function Negate (B : Unsigned_8) return Unsigned_8;
   pragma Export (C, Negate, "scalars_negate");

   type Address_Of_Float is access constant Long_Float;
   pragma Convention (C, Address_Of_Float);

   procedure Halve
     (X : Address_Of_Float; Y : out Long_Float; Count : in out Integer);
   pragma Export (C, Halve, "scalars_halve");
end Impl;
