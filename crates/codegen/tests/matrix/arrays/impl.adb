package body Impl is

   function Dot (A, B : Vector; N : Integer) return Long_Float is
      Sum : Long_Float := 0.0;
   begin
      for I in 0 .. N - 1 loop
         Sum := Sum + A (I) * B (I);
      end loop;
      return Sum;
   end Dot;

   procedure Fill (Result : in out Vector; N : Integer_64; Value : Long_Float)
   is
   begin
      for I in 0 .. Integer (N) - 1 loop
         Result (I) := Value;
      end loop;
   end Fill;

   function Window (X : Integers; M : Integer) return Integer_64 is
      Sum : Integer_64 := 0;
   begin
      for I in 0 .. 2 * M - 2 loop
         Sum := Sum + Integer_64 (X (I));
      end loop;
      return Sum;
   end Window;

   procedure Row_Sums (M : Rows; Number : Integer; Sums : in out Vector) is
   begin
      for R in 0 .. Number - 1 loop
         Sums (R) := M (R, 0) + M (R, 1) + M (R, 2);
      end loop;
   end Row_Sums;

   procedure Cross (A, B : Vector_3; C : out Vector_3) is
   begin
      C (1) := A (2) * B (3) - A (3) * B (2);
      C (2) := A (3) * B (1) - A (1) * B (3);
      C (3) := A (1) * B (2) - A (2) * B (1);
   end Cross;

   function Parse
     (Text : chars_ptr; Value : Address_Of_Integer) return Integer
   is
      Word : constant String := Interfaces.C.Strings.Value (Text);
      Last : Natural := 0;
   begin
      while Last < Word'Last and then Word (Last + 1) in '0' .. '9' loop
         Last := Last + 1;
      end loop;
      if Last = 0 then
         return -2;
      end if;
      Value.all := Integer'Value (Word (1 .. Last));
      return Boolean'Pos (Last < Word'Last);
   end Parse;

   procedure Divide
     (A, B : Long_Float; Q : in out Long_Float; Ier : out Integer) is
   begin
      if B = 0.0 then
         Ier := -1;
         return;
      end if;
      Ier := 2 * Boolean'Pos (A = 0.0);
      Q := A / B;
   end Divide;

   function Stamp (Buf : Address_Of_Text; N : Integer) return Integer is
   begin
      for I in 0 .. N - 1 loop
         Buf (I) := Character'Val (Character'Pos ('A') + I mod 26);
      end loop;
      return N;
   end Stamp;

end Impl;
