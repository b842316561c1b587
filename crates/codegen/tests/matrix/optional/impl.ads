package Impl is
   pragma Elaborate_Body;

   type Point is record
      X, Y : Long_Float;
   end record;
   pragma Convention (C, Point);
   type Address_Of_Point is access all Point;
   pragma Convention (C, Address_Of_Point);
   type Address_Of_Float is access all Long_Float;
   pragma Convention (C, Address_Of_Float);

   function Present
     (By, Given : Address_Of_Float; P : Address_Of_Point) return Integer;
   pragma Export (C, Present, "optional_present");
end Impl;
