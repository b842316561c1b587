with Ada.Finalization;
package Watch is
   pragma Elaborate_Body;
   function First return Integer;
   --  Finalized after the main program
   type Last is new Ada.Finalization.Limited_Controlled with null record;
   overriding procedure Finalize (Object : in out Last);
end Watch;
