with Ada.Text_IO;
procedure Prog_Ada is
begin
   Ada.Text_IO.Put_Line ("day");
end Prog_Ada;
