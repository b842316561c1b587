with Ada.Text_IO;
with Scales;
with Watch;
procedure Prog is
begin
   Ada.Text_IO.Put_Line ("before" & Integer'Image (Watch.First));
   Ada.Text_IO.Put_Line ("in" & Integer'Image (Scales.Scale (2)));
end Prog;
