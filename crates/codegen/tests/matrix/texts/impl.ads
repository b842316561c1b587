with Interfaces.C.Strings; use Interfaces.C.Strings;

package Impl is
   pragma Elaborate_Body;

   --  As many characters as the caller says
   type Buffer is array (0 .. 2 ** 24 - 1) of Character;
   type Address_Of_Buffer is access all Buffer;
   pragma Convention (C, Address_Of_Buffer);
   type Label is array (0 .. 7) of Character;

   function Length (Text : chars_ptr) return Integer;
   pragma Export (C, Length, "texts_length");

   procedure Upper (Text : in out Buffer; N : Integer);
   pragma Export (C, Upper, "texts_upper");

   --  The room is filled with blanks
   function Join
     (First, Second : chars_ptr; Joined : Address_Of_Buffer; Room : Integer)
      return Integer;
   pragma Export (C, Join, "texts_join");

   procedure Stamp (To : out Label; Number : Integer);
   pragma Export (C, Stamp, "texts_stamp");
end Impl;
