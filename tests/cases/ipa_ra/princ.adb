with Ada.Text_IO; use Ada.Text_IO;
with Paire;       use Paire;
procedure Princ is
   R, X : Long_Float := 0.0;
begin
   for I in 1 .. 100 loop
      X := Long_Float (I);
      R := R + Combine (X, X + 0.5, X + 0.25, X + 0.125);
   end loop;
   Put_Line (Long_Float'Image (R));
end Princ;
