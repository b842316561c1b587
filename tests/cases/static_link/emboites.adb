--  Subprograms inside subprograms: they find the variables around them through
--  the address in r10; one is local to a generic instance that is local, too.
with Ada.Text_IO; use Ada.Text_IO;
with Hotes;
procedure Emboites is
begin
   for I in 1 .. 5 loop
      Put_Line (Integer'Image (Hotes.Cumuler (I, 9 - I)));
   end loop;
   Put_Line (Integer'Image (Hotes.Essayer (0)) & Integer'Image (Hotes.Essayer (7)));
end Emboites;
