--  ccs_filtre.ads - hystérésis et confirmation des dépassements
with CCS_Types; use CCS_Types;
package CCS_Filtre is

   subtype Confirmation is Integer range 1 .. 15;

   type Filtre is record
      Actif    : Boolean := False;
      Compteur : Natural := 0;
      Extreme  : Long_Float := 0.0;
   end record;

   --  Alarme confirmée par N mesures de suite au-dessus de Haut, levée par
   --  N mesures de suite sous Bas ; entre les deux rien ne change.
   --  Lève Constraint_Error si Bas > Haut.
   procedure Filtrer
     (F        : in out Filtre;
      Valeur   : Long_Float;
      Bas      : Long_Float;
      Haut     : Long_Float;
      N        : Confirmation;
      Change   : out Boolean);

   --  Scalaires seuls : compteur et état du dépassement
   procedure Confirmer
     (Hors     : Boolean;
      N        : Confirmation;
      Compteur : in out Natural;
      Etat     : in out Boolean);

   --  Comme Confirmer ; rend le nombre de mesures qui manquent
   function Confirmer
     (Hors     : Boolean;
      N        : Confirmation;
      Compteur : access Natural) return Natural;

   procedure Extremes (V : Vecteur; Mini, Maxi : out Long_Float);
   --  Lisse V sur place : médiane de trois points
   procedure Lisser (V : in out Vecteur);
   --  Médianes de trois points, deux de moins que V
   function Medianes (V : Vecteur) return Vecteur;

end CCS_Filtre;
