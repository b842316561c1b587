--  ccs_senseurs.ads - étalonnage des senseurs solaire et stellaire
with CCS_Types; use CCS_Types;
with CCS_Polynomes;
package CCS_Senseurs is

   type Coefficients is array (Natural range <>) of Long_Float;
   package Polynomes is new CCS_Polynomes (Long_Float, Coefficients);

   --  Discriminant : taille de l'article
   type Senseur (Degre : Natural) is record
      Nom      : String (1 .. 8);
      Plage    : Long_Float;                    --  degrés
      Coef     : Coefficients (0 .. Degre);
   end record;
   type Senseur_Access is access all Senseur;

   Hors_Plage : exception;

   --  Solaire, Stellaire
   function Par_Nom (Nom : String) return Senseur_Access;

   --  Mesure brute -> angle (degrés) ; lève Hors_Plage
   function Etalonner (S : Senseur; Brut : Long_Float) return Long_Float;
   --  Idem, mesure par mesure ; hors plage : bornée
   function Etalonner (S : Senseur; Bruts : Vecteur) return Vecteur;
   procedure Inverser
     (S : Senseur; Angle : Long_Float; Brut : out Long_Float; Ok : out Boolean);

   --  Moindres carrés : pente et écart-type des résidus, en simple
   --  précision comme le bord
   procedure Regression
     (V : Vecteur; Pente : out Float; Residu : out Float);

end CCS_Senseurs;
