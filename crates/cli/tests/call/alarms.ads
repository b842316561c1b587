package Alarms is
   Failure : exception;
   procedure Check (N : Integer);
   function Mark (Text : String; C : Character) return Integer;
end Alarms;
