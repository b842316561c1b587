package Impl is
   pragma Elaborate_Body;

   type Sample is record
      Value  : Long_Long_Float;
      Weight : Long_Float;
   end record;
   pragma Convention (C, Sample);

   function Sum
     (X : Long_Long_Float; K : Integer; Y : Long_Long_Float)
      return Long_Long_Float;
   pragma Export (C, Sum, "longdouble_sum");

   procedure Add (X : in out Long_Long_Float; Y : Long_Float);
   pragma Export (C, Add, "longdouble_add");

   procedure Weigh (S : in out Sample);
   pragma Export (C, Weigh, "longdouble_weigh");
end Impl;
