--  ccs_sequence.ads - vérification des séquences de commandes
with CCS_Mots; use CCS_Mots;
package CCS_Sequence is

   type Code_Commande is (Allumer, Eteindre, Attendre, Orienter, Pousser);
   for Code_Commande use
     (Allumer => 16#11#, Eteindre => 16#12#, Attendre => 16#20#,
      Orienter => 16#31#, Pousser => 16#42#);
   for Code_Commande'Size use 8;

   subtype Equipement is Integer range 1 .. 16;
   type Angle is delta 0.01 range -180.0 .. 180.0;
   for Angle'Small use 0.01;

   type Commande (Code : Code_Commande := Attendre) is record
      Delai : Natural := 0;                     --  s après la précédente
      case Code is
         when Allumer | Eteindre =>
            Numero : Equipement;
         when Attendre =>
            null;
         when Orienter =>
            Lacet : Angle;
         when Pousser =>
            Duree   : Natural;                  --  s
            Tuyeres : Masque;
      end case;
   end record;
   type Sequence is array (Positive range <>) of Commande;

   type Motif_Refus is
     (Aucun, Code_Inconnu, Trop_Longue, Deja_Allume, Eteint, Sans_Tuyeres,
      Poussee_Longue, Sans_Orientation);

   Sequence_Invalide : exception;

   --  Trois mots par commande : code, délai, argument. Lève
   --  Sequence_Invalide si la longueur ou un code ne convient pas.
   function Decoder (M : Mots) return Sequence;
   --  Rang de la première commande refusée, 0 si toutes passent
   procedure Verifier
     (S : Sequence; Rang : out Natural; Motif : out Motif_Refus);
   function Duree (S : Sequence) return Natural;
   function Image (C : Commande) return String;

end CCS_Sequence;
