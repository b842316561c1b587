--  ccs_automate.ads - automate des modes du satellite
with CCS_Types; use CCS_Types;
package CCS_Automate is

   Transition_Interdite : exception;

   --  Mode atteint depuis Mode sur l'événement ; lève Transition_Interdite
   function Suivant (Mode : Mode_Satellite; Ev : Evenement)
     return Mode_Satellite;

   --  Idem sans exception : une transition interdite est comptée et ignorée
   procedure Avancer
     (Ev     : Evenement;
      Mode   : in out Mode_Satellite;
      Change : out Boolean);

   procedure Demarrer (Mode : Mode_Satellite);
   procedure Soumettre (Ev : Evenement);
   function Mode_Courant return Mode_Satellite;
   function Nombre_Transitions return Natural;
   function Nombre_Refus return Natural;

end CCS_Automate;
