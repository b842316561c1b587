--  ccs_c.adb - aucune exception Ada ne sort vers le C : code retour < 0
with CCS_Types;    use CCS_Types;
with CCS_Limites;  use CCS_Limites;
with CCS_Automate;
with Ada.Unchecked_Conversion;
package body CCS_C is

   Sccs_Id : constant String := "@(#)ccs_c.adb 1.11 98/06/02 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_c_sccs_id");

   Erreur_Domaine  : constant := -5;
   Erreur_Invalide : constant := -6;
   Gain_Filtre     : constant := 0.125;

   --  Confirmation en cours, par paramètre
   Compteurs : array (Numero_Parametre) of Natural := (others => 0);
   En_Alarme : array (Numero_Parametre) of Boolean := (others => False);
   Memoires  : array (Numero_Parametre) of Long_Float := (others => 0.0);

   function Initialiser (Mode : int) return int is
   begin
      CCS_Automate.Demarrer (Mode_Satellite'Val (Mode));
      Acquitter;
      Compteurs := (others => 0);
      En_Alarme := (others => False);
      Memoires  := (others => 0.0);
      for I in Numero_Parametre loop
         Fixer (I, (Genre => Libre, Persistance => 1));
      end loop;
      return 0;
   exception
      when Constraint_Error =>
         return Erreur_Domaine;
   end Initialiser;

   function Fixer_Bande
     (Numero : int; Bas, Haut : double; Persistance : int) return int is
   begin
      Fixer (Numero_Parametre (Numero),
             (Genre       => Bande,
              Persistance => Positive (Persistance),
              Bas         => Long_Float (Bas),
              Haut        => Long_Float (Haut)));
      return (if Bas > Haut then 1 else 0);
   exception
      when Constraint_Error =>
         return Erreur_Domaine;
   end Fixer_Bande;

   function Fixer_Seuil
     (Numero : int; Seuil : double; Haut : int; Persistance : int)
      return int is
   begin
      if Haut /= 0 then
         Fixer (Numero_Parametre (Numero),
                (Seuil_Haut, Positive (Persistance), Long_Float (Seuil)));
      else
         Fixer (Numero_Parametre (Numero),
                (Seuil_Bas, Positive (Persistance), Long_Float (Seuil)));
      end if;
      return 0;
   exception
      when Constraint_Error =>
         return Erreur_Domaine;
   end Fixer_Seuil;

   function Surveiller (Numero : int; Valeur : double) return int is
      I : Numero_Parametre;
   begin
      I := Numero_Parametre (Numero);
      CCS_Limites.Surveiller
        (I, Long_Float (Valeur), Compteurs (I), En_Alarme (I));
      if En_Alarme (I) then
         return 2;
      end if;
      return (if Compteurs (I) > 0 then 1 else 0);
   exception
      when Mesure_Invalide =>
         return Erreur_Invalide;
      when Constraint_Error =>
         return Erreur_Domaine;
   end Surveiller;

   procedure Filtrer (Numero : int; Valeur : in out double) is
      X    : Long_Float := Long_Float (Valeur);
      Saut : Boolean;
   begin
      CCS_Limites.Filtrer
        (X, Memoires (Numero_Parametre (Numero)), Gain_Filtre, Saut);
      Valeur := double (X);
   exception
      when Constraint_Error =>
         null;  --  numéro inconnu : la valeur n'est pas filtrée
   end Filtrer;

   function Pire (Valeurs : access constant double; N : int) return int is
      type Adresse is access constant double;
      type Zone is array (1 .. Nb_Max) of Long_Float;
      type Acces_Zone is access constant Zone;
      function Vers_Zone is
        new Ada.Unchecked_Conversion (Adresse, Acces_Zone);
      Z : constant Acces_Zone := Vers_Zone (Adresse (Valeurs));
      V : Vecteur (1 .. Integer (N));
      T : Table_Limites (1 .. Integer (N));
   begin
      for I in V'Range loop
         V (I) := Z (I);
         T (I) := Limite_De (I);
      end loop;
      return int (CCS_Limites.Pire (V, T));
   exception
      when Constraint_Error =>
         return Erreur_Domaine;
   end Pire;

   function Soumettre (Ev : int) return int is
   begin
      CCS_Automate.Soumettre (Evenement'Val (Ev));
      return Mode;
   exception
      when Constraint_Error =>
         return Erreur_Domaine;
   end Soumettre;

   function Mode return int is
     (Mode_Satellite'Pos (CCS_Automate.Mode_Courant));

   procedure Bilan (Alarmes, Transitions, Refus : out int) is
   begin
      Alarmes     := int (Nombre_Alarmes);
      Transitions := int (CCS_Automate.Nombre_Transitions);
      Refus       := int (CCS_Automate.Nombre_Refus);
   end Bilan;

   function Message
     (Nom : chars_ptr; Ecart : double; Texte : chars_ptr; Lg : size_t)
      return int
   is
      procedure Ranger (S : String) is
      begin
         Update (Texte, 0, S & ASCII.NUL, Check => False);
      end Ranger;
   begin
      if Lg = 0 then
         return -2;
      end if;
      declare
         S : constant String := Libelle (Value (Nom), Long_Float (Ecart));
      begin
         if S'Length < Lg then
            Ranger (S);
            return 0;
         end if;
         Ranger (S (S'First .. S'First + Integer (Lg) - 2));
         return 3;
      end;
   exception
      when Dereference_Error =>
         return -1;
   end Message;

   function Coder_Volts (Tension : double) return short is
      --  Valeur brute du type à virgule fixe
      type Brut is range -2 ** 15 .. 2 ** 15 - 1;
      for Brut'Size use 16;
      function En_Brut is new Ada.Unchecked_Conversion (Volts, Brut);
   begin
      return short (En_Brut (Coder (Long_Float (Tension))));
   end Coder_Volts;

end CCS_C;
