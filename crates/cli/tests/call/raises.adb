with Alarms;
procedure Raises is
begin
   Alarms.Check (1 + Alarms.Mark ("a", 'b') mod 2);
end Raises;
