with Ada.Command_Line;
package body Rates is
   function Rate return Integer is
   begin
      return Factor;
   end Rate;
begin
   Factor := 3 + 0 * Ada.Command_Line.Argument_Count;
end Rates;
