with Interfaces; use Interfaces;

package Impl is
   pragma Elaborate_Body;

   type Address_Of_Integer is access constant Integer;
   pragma Convention (C, Address_Of_Integer);
   type Address_Of_Byte is access all Unsigned_8;
   pragma Convention (C, Address_Of_Byte);

   type Verdict is (Good, Doubtful, Bad);
   for Verdict use (Good => 0, Doubtful => 1, Bad => 5);
   for Verdict'Size use 32;

   function Verify
     (X : Address_Of_Integer; Copy : Address_Of_Byte) return Verdict;
   pragma Export (C, Verify, "status_verify");

   type Address_Of_Code is access all Integer;
   pragma Convention (C, Address_Of_Code);

   --  Of the squares of whole numbers only
   function Root (X : Long_Float; Ier : Address_Of_Code) return Long_Float;
   pragma Export (C, Root, "status_root");
end Impl;
