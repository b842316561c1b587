with Ada.Text_IO;
with Scales;
pragma Elaborate (Scales);
package body Watch is
   Kept : Integer := 0;
   End_Of_Day : Last;
   pragma Unreferenced (End_Of_Day);
   function First return Integer is
   begin
      return Kept;
   end First;
   overriding procedure Finalize (Object : in out Last) is
      pragma Unreferenced (Object);
   begin
      Ada.Text_IO.Put_Line ("after" & Integer'Image (Scales.Scale (3)));
   end Finalize;
begin
   Kept := Scales.Scale (1);
end Watch;
