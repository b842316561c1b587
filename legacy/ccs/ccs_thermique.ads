--  ccs_thermique.ads - régulation des lignes de chauffage
with CCS_Types; use CCS_Types;
package CCS_Thermique is

   Nb_Lignes : constant := 8;
   subtype Numero_Ligne is Integer range 1 .. Nb_Lignes;
   type Lignes is array (Numero_Ligne) of Boolean;
   pragma Pack (Lignes);

   type Genre_Loi is (Coupee, Tout_Ou_Rien, Proportionnelle);

   --  Une ligne change de loi en vol : discriminant modifiable
   type Loi (Genre : Genre_Loi := Coupee) is record
      Puissance : Long_Float := 0.0;            --  W
      case Genre is
         when Coupee =>
            null;
         when Tout_Ou_Rien =>
            Seuil_Bas, Seuil_Haut : Long_Float; --  degrés C
         when Proportionnelle =>
            Consigne, Gain : Long_Float;        --  degrés C, 1/degré
            Cycle_Max      : Long_Float;
      end case;
   end record;
   type Lois is array (Positive range <>) of Loi;

   Loi_Invalide : exception;

   --  Part du temps où la ligne chauffe, de 0 à 1
   function Rapport_Cyclique
     (L : Loi; T : Long_Float; Allume : Boolean) return Long_Float;

   --  Une mesure par loi, mêmes rangs. Lève Loi_Invalide au-delà de
   --  Nb_Lignes ou si les longueurs diffèrent ; rien n'est alors changé.
   procedure Reguler
     (T         : Vecteur;
      L         : Lois;
      Chauffe   : in out Lignes;
      Puissance : out Long_Float);

   --  Passe à cette loi, autour de la même température
   procedure Convertir (L : in out Loi; Genre : Genre_Loi);

   --  Rangs des lignes allumées
   function Allumees (Chauffe : Lignes) return Vecteur;

end CCS_Thermique;
