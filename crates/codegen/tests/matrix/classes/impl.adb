package body Impl is

   procedure Construct (This : Address_Of_Slot; From, Up_To : Long_Float) is
   begin
      This.all := (From, Up_To);
   end Construct;

   function Length (This : Address_Of_Slot) return Long_Float is
   begin
      return This.Up_To - This.From;
   end Length;

   function Common (A, B : Address_Of_Slot) return Slot is
   begin
      return
        (Long_Float'Max (A.From, B.From), Long_Float'Min (A.Up_To, B.Up_To));
   end Common;

   procedure Shift (S : Address_Of_Slot; By : Long_Float) is
   begin
      S.all := (S.From + By, S.Up_To + By);
   end Shift;

   function Label_Of
     (Answer : Address_Of_Label; Id : Integer) return Address_Of_Label is
   begin
      Answer.all := (Id, 0);
      return Answer;
   end Label_Of;

end Impl;
