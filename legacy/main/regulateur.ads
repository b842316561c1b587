--  regulateur.ads - tâche de bibliothèque : régulation et journal
with CCS_Types; use CCS_Types;
package Regulateur is

   task Chauffage is
      entry Mesurer (T : Vecteur; Puissance : out Long_Float);
      entry Arreter (Lignes_Notees : out Natural);
   end Chauffage;

end Regulateur;
