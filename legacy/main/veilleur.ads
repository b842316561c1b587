--  veilleur.ads - tâche de bibliothèque : vit avant et après le programme
--  principal. L'ordre des appels est celui des rendez-vous.
with CCS_Types; use CCS_Types;
package Veilleur is

   task Garde is
      entry Mesurer (Valeur : Long_Float; Ecart : out Long_Float);
      entry Signaler (Ev : Evenement; Mode : out Mode_Satellite);
      entry Arreter (Nombre : out Natural);
   end Garde;

   --  Calculés pendant l'élaboration du paquetage, par la tâche
   Ecart_Initial : Long_Float;
   Mode_Initial  : Mode_Satellite;

end Veilleur;
