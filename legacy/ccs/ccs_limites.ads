--  ccs_limites.ads - surveillance avec confirmation et alarmes
with CCS_Types; use CCS_Types;
package CCS_Limites is

   Nb_Max : constant := 32;
   subtype Numero_Parametre is Integer range 1 .. Nb_Max;

   Mesure_Invalide : exception;

   --  Ecart à la limite, nul à l'intérieur. Lève Mesure_Invalide si la
   --  valeur n'est pas un nombre.
   function Depassement (L : Limite; Valeur : Long_Float) return Long_Float;

   --  Premier ordre ; Saut signale un écart de plus de Seuil_Saut, que le
   --  filtre suit alors sans retard.
   procedure Filtrer
     (Valeur  : in out Long_Float;
      Memoire : in out Long_Float;
      Gain    : Long_Float;
      Saut    : out Boolean);

   --  Confirme une alarme après Persistance dépassements consécutifs
   procedure Surveiller
     (Numero   : Numero_Parametre;
      Valeur   : Long_Float;
      Compteur : in out Natural;
      Alarme   : in out Boolean);

   --  Indice, dans les bornes de V, du plus grand dépassement ;
   --  V'First - 1 si aucun. Les mesures invalides sont sautées.
   function Pire (V : Vecteur; T : Table_Limites) return Integer;

   --  Texte d'une alarme ; nom en majuscules, sans blancs de fin
   function Libelle (Nom : String; Ecart : Long_Float) return String;

   --  Codage bord, saturé aux bornes du type
   function Coder (Tension : Long_Float) return Volts;

   procedure Fixer (Numero : Numero_Parametre; L : Limite);
   function Limite_De (Numero : Numero_Parametre) return Limite;
   function Nombre_Alarmes return Natural;
   procedure Acquitter;

end CCS_Limites;
