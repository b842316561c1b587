with System;

package Impl is
   pragma Elaborate_Body;

   type Integrand is access
     function (X : Long_Float; User : System.Address) return Long_Float;
   pragma Convention (C, Integrand);

   type Address_Of_Integer is access all Integer;
   pragma Convention (C, Address_Of_Integer);
   type Visitor is access
     function
       (Rank : Integer; Value : Address_Of_Integer; User : System.Address)
        return Integer;
   pragma Convention (C, Visitor);

   --  As many elements as the caller says
   type Integers is array (0 .. 2 ** 24 - 1) of aliased Integer;
   type Address_Of_Integers is access all Integers;
   pragma Convention (C, Address_Of_Integers);

   function Integrate
     (F        : Integrand;
      User     : System.Address;
      From, To : Long_Float;
      Steps    : Integer) return Long_Float;
   pragma Export (C, Integrate, "callbacks_integrate");

   function Each
     (Values : Address_Of_Integers;
      N      : Integer;
      Visit  : Visitor;
      User   : System.Address) return Integer;
   pragma Export (C, Each, "callbacks_each");
end Impl;
