package body Impl is

   subtype Day_Name is String (1 .. 8);
   Names : constant array (0 .. 6) of Day_Name :=
     ("lundi   ", "mardi   ", "mercredi", "jeudi   ", "vendredi", "samedi  ",
      "dimanche");

   procedure Day
     (Answer : in out Text; Answer_Length : size_t; N : Address_Of_Integer) is
   begin
      for I in 1 .. Natural (Answer_Length) loop
         if I <= Day_Name'Last then
            Answer (I) := Names ((N.all - 1) mod 7) (I);
         else
            Answer (I) := ' ';
         end if;
      end loop;
   end Day;

   function Find
     (Table        : Text;
      N            : Address_Of_Integer;
      Name         : Text;
      Table_Length : size_t;
      Name_Length  : size_t) return Integer
   is
      Width : constant Natural := Natural (Table_Length);

      --  Blanks at the end make no difference
      function Same (Rank : Natural) return Boolean is
         L, R : Character;
      begin
         for I in 1 .. Natural'Max (Width, Natural (Name_Length)) loop
            L := ' ';
            R := ' ';
            if I <= Width then
               L := Table (Rank * Width + I);
            end if;
            if I <= Natural (Name_Length) then
               R := Name (I);
            end if;
            if L /= R then
               return False;
            end if;
         end loop;
         return True;
      end Same;
   begin
      for Rank in 0 .. N.all - 1 loop
         if Same (Rank) then
            return Rank + 1;
         end if;
      end loop;
      return 0;
   end Find;

   procedure Next (Letter : in out Character; Letter_Length : size_t) is
   begin
      if Letter_Length > 0 then
         Letter := Character'Succ (Letter);
      end if;
   end Next;

end Impl;
