with Ada.Characters.Handling; use Ada.Characters.Handling;

package body Impl is

   function Trimmed (T : Text; Length : size_t) return Natural is
      Last : Natural := Natural (Length);
   begin
      while Last > 0 and then T (Last) = ' ' loop
         Last := Last - 1;
      end loop;
      return Last;
   end Trimmed;

   procedure Join
     (First, Second : Text;
      Joined        : in out Text;
      Ier           : out Integer;
      First_Length, Second_Length, Joined_Length : size_t)
   is
      N     : constant Natural := Trimmed (First, First_Length);
      Total : constant Natural := N + Trimmed (Second, Second_Length);
   begin
      for I in 1 .. Natural (Joined_Length) loop
         if I <= N then
            Joined (I) := First (I);
         elsif I <= Total then
            Joined (I) := Second (I - N);
         else
            Joined (I) := ' ';
         end if;
      end loop;
      Ier := Boolean'Pos (Total > Natural (Joined_Length));
   end Join;

   procedure Count
     (Within         : Text;
      N              : out Integer;
      Letters        : Text;
      Within_Length  : size_t;
      Letters_Length : size_t)
   is
      Found : Natural := 0;
   begin
      for I in 1 .. Natural (Within_Length) loop
         for J in 1 .. Natural (Letters_Length) loop
            if Within (I) = Letters (J) then
               Found := Found + 1;
               exit;
            end if;
         end loop;
      end loop;
      N := Found;
   end Count;

   procedure Upper (Within : in out Text; Within_Length : size_t) is
   begin
      for I in 1 .. Natural (Within_Length) loop
         Within (I) := To_Upper (Within (I));
      end loop;
   end Upper;

end Impl;
