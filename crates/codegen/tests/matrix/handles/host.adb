with Ada.Text_IO; use Ada.Text_IO;
with System;
with Handles;     use Handles;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   A      : constant System.Address := Open (10, 5);
   B      : constant System.Address := Open (100, 1);
   First  : Integer;
   Second : Integer;
begin
   Put_Line ("living" & N (Living));
   First := Next (A);
   Second := Next (A);
   Put_Line ("next" & N (First) & N (Second) & N (Next (B)));
   Change (A, 2);
   First := Next (A);
   Second := Next (A);
   Put_Line ("change 0" & N (First) & N (Second));
   begin
      Change (A, 0);
   exception
      when Failure : Handles.Error =>
         Put_Line ("change" & N (Code (Failure)) & N (Next (A)));
   end;
   Close (A);
   Close (B);
   Put_Line ("living" & N (Living));
end Host;
