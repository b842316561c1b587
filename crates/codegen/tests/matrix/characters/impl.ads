with Interfaces.C; use Interfaces.C;

package Impl is
   pragma Elaborate_Body;

   --  As many characters as the hidden lengths say
   type Text is array (1 .. 2 ** 24) of Character;

   procedure Join
     (First, Second : Text;
      Joined        : in out Text;
      Ier           : out Integer;
      First_Length, Second_Length, Joined_Length : size_t);
   pragma Export (C, Join, "characters_join_");

   procedure Count
     (Within         : Text;
      N              : out Integer;
      Letters        : Text;
      Within_Length  : size_t;
      Letters_Length : size_t);
   pragma Export (C, Count, "characters_count_");

   procedure Upper (Within : in out Text; Within_Length : size_t);
   pragma Export (C, Upper, "characters_upper_");
end Impl;
