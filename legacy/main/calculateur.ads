--  calculateur.ads - tâche de bibliothèque qui appelle le C et le Fortran
--  dès l'élaboration, puis pendant le programme principal
with Composants; use Composants;
package Calculateur is

   task Orbite is
      entry Positionner (Dt : Long_Float; Pos : out Vecteur3; Code : out Integer);
      entry Arreter (Somme : out Natural);
   end Orbite;

   --  calculé pendant l'élaboration, par la tâche
   Position_Initiale : Vecteur3;
   Code_Initial      : Integer;

end Calculateur;
