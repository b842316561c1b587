with Ada.Text_IO; use Ada.Text_IO;
with Titles;      use Titles;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   Table  : constant String_4_Array (2 .. 4) := ("ASH ", "ASV ", "PVT ");
   Letter : Character := 'A';

   function Dotted (Text : String) return String is
      Result : String := Text;
   begin
      for I in Result'Range loop
         if Result (I) = ' ' then
            Result (I) := '.';
         end if;
      end loop;
      return Result;
   end Dotted;
begin
   Put_Line ("day " & Dotted (Day (1)));
   Put_Line ("day " & Dotted (Day (4)));
   Put_Line ("find" & N (Find (Table, "ASV")));
   Put_Line ("find" & N (Find (Table, "AS")));
   Next (Letter);
   Put_Line ("next " & Letter);
end Host;
