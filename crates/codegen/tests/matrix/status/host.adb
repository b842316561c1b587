with Ada.Text_IO; use Ada.Text_IO;
with Interfaces;     use Interfaces;
with Status_Binding; use Status_Binding;

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

   procedure Try_Verify (X : Integer) is
      Copy   : Unsigned_8 := 7;
      Status : Integer;
   begin
      Verify (X, Copy, Status);
      Put_Line ("verify" & N (Status) & N (Integer (Copy)));
   exception
      when Failure : Status_Binding.Error =>
         Put_Line ("verify" & N (Code (Failure)) & N (Integer (Copy)));
   end Try_Verify;

   procedure Try_Root (X : Long_Float) is
      Ier    : Integer;
      Answer : Long_Float;
   begin
      Root (X, Ier, Answer);
      Put_Line ("root" & N (Ier) & Scaled (Answer));
   exception
      when Failure : Status_Binding.Error =>
         Put_Line ("root" & N (Code (Failure)));
   end Try_Root;
begin
   Try_Verify (200);
   Try_Verify (300);
   Try_Verify (-1);
   Try_Root (9.0);
   Try_Root (2.0);
   Try_Root (-4.0);
end Host;
