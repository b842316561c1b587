with Ada.Unchecked_Deallocation;

package body Impl is

   Number : Integer := 0;

   procedure Free is new Ada.Unchecked_Deallocation (Counter, Handle);

   function Open (First, Step : Integer) return Handle is
   begin
      Number := Number + 1;
      return new Counter'(First, Step);
   end Open;

   function Next (C : Handle) return Integer is
      Value : constant Integer := C.Value;
   begin
      C.Value := C.Value + C.Step;
      return Value;
   end Next;

   function Change (C : Handle; Step : Integer) return Integer is
   begin
      if Step = 0 then
         return -1;
      end if;
      C.Step := Step;
      return 0;
   end Change;

   procedure Close (C : Handle) is
      Closed : Handle := C;
   begin
      Free (Closed);
      Number := Number - 1;
   end Close;

   function Living return Integer is
   begin
      return Number;
   end Living;

end Impl;
