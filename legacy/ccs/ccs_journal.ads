--  ccs_journal.ads - journal des alarmes
with Ada.Finalization;
package CCS_Journal is

   type Gravite is (Info, Avertissement, Alarme);
   Nb_Max : constant := 40;
   subtype Longueur_Texte is Natural range 0 .. 60;

   type Entree (Longueur : Longueur_Texte := 0) is record
      Niveau : Gravite := Info;
      Date   : Duration := 0.0;                 --  s depuis 0h
      Texte  : String (1 .. Longueur);
   end record;
   type Entrees is array (Positive range <>) of Entree;

   Journal_Vide : exception;

   --  Au-delà de Nb_Max les plus anciennes sont perdues ; texte coupé
   procedure Noter (Niveau : Gravite; Date : Duration; Texte : String);
   function Compte (Niveau : Gravite) return Natural;
   procedure Vider;
   --  Lève Journal_Vide
   function Derniere return Entree;
   function Extraire (Niveau : Gravite) return Entrees;
   --  hh:mm:ss G texte
   function Image (E : Entree) return String;

   --  Tant qu'il en existe une, Noter ne garde que les alarmes ; à la fin
   --  de la dernière, une ligne dit combien de lignes ont été omises.
   type Sourdine is new Ada.Finalization.Limited_Controlled with record
      Omises : Natural := 0;
   end record;
   procedure Initialize (S : in out Sourdine);
   procedure Finalize (S : in out Sourdine);

end CCS_Journal;
