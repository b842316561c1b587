with Interfaces;   use Interfaces;
with Interfaces.C; use Interfaces.C;
with System;

package Impl is
   pragma Elaborate_Body;

   type Pair is record
      X : Long_Float;
      N : Integer;
   end record;
   pragma Convention (C, Pair);
   type Address_Of_Pair is access all Pair;
   pragma Convention (C, Address_Of_Pair);
   type Address_Of_Integer is access all Integer;
   pragma Convention (C, Address_Of_Integer);
   type Address_Of_Float is access constant Long_Float;
   pragma Convention (C, Address_Of_Float);
   type Text is array (1 .. 2 ** 24) of Character;

   --  gfortran's descriptor of an array
   type Dimension is record
      Stride, Lower, Upper : Integer_64;
   end record;
   pragma Convention (C, Dimension);
   type Dimensions is array (1 .. 1) of Dimension;
   type Descriptor is record
      Data      : System.Address;
      Offset    : Integer_64;
      Length    : Unsigned_64;
      Version   : Integer_32;
      Rank      : Integer_8;
      Kind      : Integer_8;
      Attribute : Integer_16;
      Span      : Integer_64;
      Dim       : Dimensions;
   end record;
   pragma Convention (C, Descriptor);
   type Address_Of_Descriptor is access all Descriptor;
   pragma Convention (C, Address_Of_Descriptor);

   procedure Swap (A, B : Address_Of_Pair);
   pragma Export (C, Swap, "__modules_m_MOD_swap");

   function Heaviest
     (List : Address_Of_Descriptor; Place : Address_Of_Integer)
      return Long_Float;
   pragma Export (C, Heaviest, "__modules_m_MOD_heaviest");

   procedure Label
     (N : Address_Of_Integer; To : in out Text; To_Length : size_t);
   pragma Export (C, Label, "__modules_m_MOD_label");

   --  LOGICAL as the integer that travels
   function Positive (X : Address_Of_Float) return Integer;
   pragma Export (C, Positive, "__modules_m_MOD_positive");
end Impl;
