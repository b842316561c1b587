--  ccs_mots.ads - mots de télémesure et de télécommande, au bit près
package CCS_Mots is

   Sccs_Id : constant String := "@(#)ccs_mots.ads 1.2 98/09/07 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_mots_sccs_id");

   type Mot16 is mod 2 ** 16;
   type Mot32 is mod 2 ** 32;
   type Mots is array (Positive range <>) of Mot16;

   --  Un seul bit à la fois : un bit inversé est toujours vu
   type Etat_Equipement is (Arret, Attente, Marche, Panne);
   for Etat_Equipement use (Arret => 1, Attente => 2, Marche => 4, Panne => 8);
   for Etat_Equipement'Size use 4;

   type Masque is array (0 .. 15) of Boolean;
   pragma Pack (Masque);

   type Chiffre is mod 16;
   type Mot_Bcd is array (1 .. 8) of Chiffre;
   pragma Pack (Mot_Bcd);

   subtype Nombre_Roues is Integer range 0 .. 7;
   subtype Compteur_Bord is Integer range 0 .. 255;

   --  Mot d'état de l'attitude, 16 bits
   type Mot_Etat is record
      Senseur   : Etat_Equipement;
      Roues     : Nombre_Roues;
      Chauffage : Boolean;
      Compteur  : Compteur_Bord;
   end record;
   for Mot_Etat use record
      Senseur   at 0 range 0 .. 3;
      Roues     at 0 range 4 .. 6;
      Chauffage at 0 range 7 .. 7;
      Compteur  at 0 range 8 .. 15;
   end record;
   for Mot_Etat'Size use 16;

   Mot_Invalide : exception;

   --  Lève Mot_Invalide si le code du senseur n'en est pas un
   function Decoder (Mot : Mot16) return Mot_Etat;
   function Coder (Etat : Mot_Etat) return Mot16;
   function Bits_A_Un (M : Masque) return Natural;
   --  Parité impaire des 32 bits
   function Parite (Mot : Mot32) return Boolean;
   --  Rotation circulaire, à gauche si Pas > 0
   procedure Tourner (Mot : in out Mot32; Pas : Integer);
   --  Lève Mot_Invalide si un chiffre dépasse 9
   function Valeur (M : Mot_Bcd) return Long_Integer;
   function Valeur (M : Mots; Signe : Boolean) return Long_Integer;
   --  Somme de Fletcher modulo 255, sur les octets
   function Somme (M : Mots) return Mot16;
   --  Vrai si Recu suit Attendu ; Attendu avance, Perdus : mots manquants
   function Suit
     (Recu    : Compteur_Bord;
      Attendu : in out Compteur_Bord;
      Perdus  : out Natural) return Boolean;
   --  Bits de Filtre à un et à zéro dans tous les mots
   procedure Compter
     (M : Mots; Filtre : Mot16; Uns : out Natural; Zeros : out Natural);

end CCS_Mots;
