--  What the routines call back: at library level, where an access to it may
--  be kept.
with Callbacks; use Callbacks;
with System;

package Called is

   --  User is the slope of a line
   function Line (X : Long_Float; User : System.Address) return Long_Float;
   pragma Convention (C, Line);

   --  User is a sum
   function Add_Rank
     (Rank : Integer; Value : Integer_Access; User : System.Address)
      return Integer;
   pragma Convention (C, Add_Rank);

end Called;
