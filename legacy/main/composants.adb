--  composants.adb
package body Composants is

   Sccs_Id : constant String := "@(#)composants.adb 1.1 00/02/21 CMP";
   pragma Export (C, Sccs_Id, "composants_sccs_id");

   function Refuser
     (M : access constant Mesure; Contexte : System.Address) return int
   is
      pragma Unreferenced (Contexte);
   begin
      if M.Numero = 11 then
         raise Mesure_Refusee with "numero" & int'Image (M.Numero);
      end if;
      return 0;
   end Refuser;

end Composants;
