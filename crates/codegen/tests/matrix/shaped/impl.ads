with Interfaces; use Interfaces;
with System;

package Impl is
   pragma Elaborate_Body;

   --  gfortran's descriptor of an array
   type Dimension is record
      Stride, Lower, Upper : Integer_64;
   end record;
   pragma Convention (C, Dimension);
   type Dimensions is array (1 .. 2) of Dimension;
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
   type Address_Of_Integer is access constant Integer;
   pragma Convention (C, Address_Of_Integer);
   type Address_Of_Float is access constant Long_Float;
   pragma Convention (C, Address_Of_Float);

   --  Of an array of one dimension, the first of Dim only is there
   function Total (X, W : Address_Of_Descriptor) return Long_Float;
   pragma Export (C, Total, "shaped_total_");

   procedure Ramp (X : Address_Of_Descriptor; First : Address_Of_Integer);
   pragma Export (C, Ramp, "shaped_ramp_");

   procedure Add (M : Address_Of_Descriptor; K : Address_Of_Float);
   pragma Export (C, Add, "shaped_add_");
end Impl;
