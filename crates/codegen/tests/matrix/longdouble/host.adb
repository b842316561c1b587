with Ada.Text_IO; use Ada.Text_IO;
with Longdouble;  use Longdouble;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   function Scaled (X : Long_Float) return String is
   begin
      return N (Integer (X * 100.0));
   end Scaled;

   Large : constant Long_Long_Float := 2.0 ** 60;
   X     : Long_Long_Float := Large;
   S     : Sample := (3.0, 1.5);
begin
   Put_Line
     ("sum"
      & Long_Long_Integer'Image (Long_Long_Integer (Sum (Large, 3, 1.0))));
   Add (X, 1.0);
   Put_Line ("add" & N (Integer (X - Large)));
   Weigh (S);
   Put_Line ("weigh" & Scaled (Long_Float (S.Value)) & Scaled (S.Weight));
end Host;
