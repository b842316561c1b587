--  Recursion in a task with little room, and in one with much.
with Ada.Text_IO; use Ada.Text_IO;
procedure Tasks is
   function Nest (N : Integer) return Integer is
   begin
      if N = 0 then
         return 0;
      end if;
      return Nest (N - 1) + 1;
   end Nest;
   pragma No_Inline (Nest);
   Small_Done, Large_Done : Integer := 0;
begin
   declare
      task Small with Storage_Size => 20_000;
      task body Small is
      begin
         Small_Done := Nest (120);
      exception
         when Storage_Error => Small_Done := -1;
      end Small;
      task Large with Storage_Size => 1_000_000;
      task body Large is
      begin
         Large_Done := Nest (3);
      exception
         when Storage_Error => Large_Done := -1;
      end Large;
   begin
      null;
   end;
   Put_Line (Small_Done'Image & Large_Done'Image);
end Tasks;
