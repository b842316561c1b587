with Ada.Characters.Handling; use Ada.Characters.Handling;

package body Impl is

   function Length (Text : chars_ptr) return Integer is
   begin
      return Integer (Strlen (Text));
   end Length;

   procedure Upper (Text : in out Buffer; N : Integer) is
   begin
      for I in 0 .. N - 1 loop
         Text (I) := To_Upper (Text (I));
      end loop;
   end Upper;

   function Join
     (First, Second : chars_ptr; Joined : Address_Of_Buffer; Room : Integer)
      return Integer
   is
      Both : constant String := Value (First) & Value (Second);
   begin
      if Room < 1 or else Both'Length = 0 then
         return -1;
      end if;
      for I in 0 .. Room - 1 loop
         if I < Both'Length then
            Joined (I) := Both (Both'First + I);
         else
            Joined (I) := ' ';
         end if;
      end loop;
      return Boolean'Pos (Both'Length > Room);
   end Join;

   procedure Stamp (To : out Label; Number : Integer) is
      Rest : Integer := Number;
   begin
      To (0) := 'T';
      To (1) := 'M';
      for I in reverse 2 .. 7 loop
         To (I) := Character'Val (Character'Pos ('0') + Rest mod 10);
         Rest := Rest / 10;
      end loop;
   end Stamp;

end Impl;
