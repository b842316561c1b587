with Interfaces;           use Interfaces;
with Interfaces.C.Strings; use Interfaces.C.Strings;

package Impl is
   pragma Elaborate_Body;

   --  As many elements as the caller says
   type Vector is array (0 .. 2 ** 24 - 1) of Long_Float;
   type Integers is array (0 .. 2 ** 24 - 1) of Integer;
   type Rows is array (0 .. 2 ** 24 - 1, 0 .. 2) of Long_Float;
   type Vector_3 is array (1 .. 3) of Long_Float;
   type Text is array (0 .. 2 ** 24 - 1) of Character;

   function Dot (A, B : Vector; N : Integer) return Long_Float;
   pragma Export (C, Dot, "arrays_dot");

   procedure Fill (Result : in out Vector; N : Integer_64; Value : Long_Float);
   pragma Export (C, Fill, "arrays_fill");

   function Window (X : Integers; M : Integer) return Integer_64;
   pragma Export (C, Window, "arrays_window");

   procedure Row_Sums (M : Rows; Number : Integer; Sums : in out Vector);
   pragma Export (C, Row_Sums, "arrays_row_sums");

   procedure Cross (A, B : Vector_3; C : out Vector_3);
   pragma Export (C, Cross, "arrays_cross");

   type Address_Of_Integer is access all Integer;
   pragma Convention (C, Address_Of_Integer);

   function Parse
     (Text : chars_ptr; Value : Address_Of_Integer) return Integer;
   pragma Export (C, Parse, "arrays_parse");

   procedure Divide
     (A, B : Long_Float; Q : in out Long_Float; Ier : out Integer);
   pragma Export (C, Divide, "arrays_divide");

   type Address_Of_Text is access all Text;
   pragma Convention (C, Address_Of_Text);

   function Stamp (Buf : Address_Of_Text; N : Integer) return Integer;
   pragma Export (C, Stamp, "arrays_stamp");
end Impl;
