with Interfaces.C; use Interfaces.C;

package Impl is
   pragma Elaborate_Body;

   --  As many characters as the hidden lengths say
   type Text is array (1 .. 2 ** 24) of Character;
   type Address_Of_Integer is access constant Integer;
   pragma Convention (C, Address_Of_Integer);

   procedure Day
     (Answer : in out Text; Answer_Length : size_t; N : Address_Of_Integer);
   pragma Export (C, Day, "titles_day_");

   function Find
     (Table        : Text;
      N            : Address_Of_Integer;
      Name         : Text;
      Table_Length : size_t;
      Name_Length  : size_t) return Integer;
   pragma Export (C, Find, "titles_find_");

   procedure Next (Letter : in out Character; Letter_Length : size_t);
   pragma Export (C, Next, "titles_next_");
end Impl;
