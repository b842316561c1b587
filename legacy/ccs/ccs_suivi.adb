--  ccs_suivi.adb - aucune exception Ada ne sort vers le C : code retour < 0
with CCS_Types;            use CCS_Types;
with CCS_Mots;             use CCS_Mots;
with CCS_Batterie;         use CCS_Batterie;
with CCS_Thermique;        use CCS_Thermique;
with CCS_Roues;            use CCS_Roues;
with CCS_Senseurs;         use CCS_Senseurs;
with CCS_Filtre;           use CCS_Filtre;
with CCS_Journal;          use CCS_Journal;
with CCS_Sequence;         use CCS_Sequence;
with Interfaces.C.Strings; use Interfaces.C.Strings;
with Ada.Unchecked_Conversion;
package body CCS_Suivi is

   Sccs_Id : constant String := "@(#)ccs_suivi.adb 1.8 99/10/04 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_suivi_sccs_id");

   Erreur_Domaine  : constant := -5;
   Erreur_Invalide : constant := -6;
   Erreur_Etat     : constant := -7;
   Nb_Filtres      : constant := 32;

   --  Etat du suivi
   Accu      : Batterie;
   Courant   : Ampere := 0.0;
   Temp_Bat  : Celsius := 15.0;
   Chauffe   : CCS_Thermique.Lignes := (others => False);
   Lois_Bord : Lois (1 .. 3) :=
     (1 => (Tout_Ou_Rien, 24.0, 12.0, 15.0),
      2 => (Proportionnelle, 40.0, 23.5, 0.4, 0.8),
      3 => (Tout_Ou_Rien, 12.0, 17.0, 20.0));
   Attendu   : Compteur_Bord := 1;
   Cinetique : Vecteur3 := (0.0, 0.0, 0.0);
   Filtres   : array (1 .. Nb_Filtres) of Filtre;
   Magneto   : aliased Magnetocoupleurs;
   Poussee   : aliased Tuyeres;
   type Actionneur_Access is access all Actionneur'Class;
   Choix     : constant array (0 .. 1) of Actionneur_Access :=
     (Magneto'Access, Poussee'Access);

   function Initialiser return int is
   begin
      Accu      := (Charge => Capacite * 0.92, others => <>);
      Courant   := 0.0;
      Chauffe   := (others => False);
      Attendu   := 1;
      Cinetique := (2.5, -3.75, 1.5);
      Filtres   := (others => <>);
      Vider;
      return 0;
   end Initialiser;

   function Batterie_Pas
     (Courant, Duree, Temp : double; Rendement : access double) return int
   is
      R : Pourcent;
   begin
      CCS_Suivi.Courant := Ampere (Courant);
      Temp_Bat := Long_Float (Temp);
      Integrer (Accu, CCS_Suivi.Courant, Standard.Duration (Duree), Temp_Bat, R);
      Rendement.all := double (R);
      return 0;
   exception
      when Constraint_Error =>
         return Erreur_Domaine;
   end Batterie_Pas;

   function Batterie_Recaler (Tension : double) return int is
      Fait : Boolean;
   begin
      Recaler (Accu, Courant, Long_Float (Tension), Temp_Bat, Fait);
      return Boolean'Pos (Fait);
   end Batterie_Recaler;

   procedure Batterie_Bilan
     (Charge, Profondeur, Autonomie, Tension_Fin : out double; Cycles : out int)
   is
   begin
      Charge      := double (Accu.Charge);
      Profondeur  := double (CCS_Batterie.Profondeur (Accu));
      Cycles      := int (Accu.Cycles);
      Tension_Fin := double (CCS_Batterie.Tension_Fin (Temp_Bat, 5));
      Autonomie   := double (CCS_Batterie.Autonomie (Accu, Courant));
   exception
      when Sans_Decharge =>
         Autonomie := double (CCS_Batterie.Autonomie (Accu, -20.0));
   end Batterie_Bilan;

   function Reguler
     (Temps : System.Address; N : int; Puissance : access double) return int
   is
      T : Vecteur (1 .. Integer (N));
      for T'Address use Temps;
      pragma Import (Ada, T);
      P : Long_Float;
      Allume : int := 0;
   begin
      CCS_Thermique.Reguler (T, Lois_Bord, Chauffe, P);
      Puissance.all := double (P);
      declare
         A : constant Vecteur := Allumees (Chauffe);
      begin
         for I in A'Range loop
            Allume := Allume + 2 ** (Natural (A (I)) - 1);
         end loop;
      end;
      return Allume;
   exception
      when Loi_Invalide =>
         return Erreur_Domaine;
   end Reguler;

   function Convertir_Loi (Ligne, Genre : int) return int is
   begin
      Convertir (Lois_Bord (Integer (Ligne)), Genre_Loi'Val (Genre));
      return 0;
   exception
      when Loi_Invalide =>
         return Erreur_Etat;
      when Constraint_Error =>
         return Erreur_Domaine;
   end Convertir_Loi;

   function Desaturer
     (Vitesses, Position : System.Address; Duree : double; Actionneur : int;
      Norme : access double) return int
   is
      V : Vecteur3;
      for V'Address use Vitesses;
      pragma Import (Ada, V);
      P : Vecteur3;
      for P'Address use Position;
      pragma Import (Ada, P);
      Reste : Long_Float;
      --  les roues emmagasinent une part du couple perturbateur
      Apport : constant Vecteur3 :=
        (Long_Float (Duree) * 1.0E-6) * Moment_Cinetique (V);
   begin
      Cinetique := Cinetique + Apport;
      CCS_Roues.Desaturer
        (Cinetique, Champ_Magnetique (P), Long_Float (Duree),
         Choix (Integer (Actionneur)).all, Reste);
      Norme.all := double (Reste);
      return 0;
   exception
      when Roues_Saturees =>
         return Erreur_Etat;
      when Constraint_Error =>
         return Erreur_Domaine;
   end Desaturer;

   procedure Moment (H : System.Address) is
      R : Vecteur3;
      for R'Address use H;
      pragma Import (Ada, R);
   begin
      R := Cinetique;
   end Moment;

   function Le_Senseur (Numero : int) return Senseur_Access is
   begin
      case Numero is
         when 0      => return Par_Nom ("SOLAIRE");
         when 1      => return Par_Nom ("STELLAIRE");
         when others => return null;
      end case;
   end Le_Senseur;

   function Etalonner
     (Senseur : int; Bruts : System.Address; N : int; Angles : System.Address)
      return int
   is
      B : Vecteur (1 .. Integer (N));
      for B'Address use Bruts;
      pragma Import (Ada, B);
      A : Vecteur (1 .. Integer (N));
      for A'Address use Angles;
      pragma Import (Ada, A);
   begin
      if N = 1 then
         A (1) := Etalonner (Le_Senseur (Senseur).all, B (1));
      else
         A := Etalonner (Le_Senseur (Senseur).all, B);
      end if;
      return N;
   exception
      when Hors_Plage =>
         return Erreur_Invalide;
      when Constraint_Error =>
         return Erreur_Domaine;
   end Etalonner;

   function Mesure_Brute (Senseur : int; Angle : double) return double is
      X  : Long_Float;
      Ok : Boolean;
   begin
      Inverser (Le_Senseur (Senseur).all, Long_Float (Angle), X, Ok);
      return (if Ok then double (X) else 0.0);
   exception
      when Constraint_Error =>
         return 0.0;
   end Mesure_Brute;

   function Tendance
     (Valeurs : System.Address; N : int; Pente, Residu : access C_float)
      return int
   is
      V : Vecteur (1 .. Integer (N));
      for V'Address use Valeurs;
      pragma Import (Ada, V);
      Lisses : Vecteur := V;
      P, R   : Float;
   begin
      Lisser (Lisses);
      Regression (Lisses, P, R);
      Pente.all  := C_float (P);
      Residu.all := C_float (R);
      return 0;
   end Tendance;

   function Filtrer
     (Numero : int; Valeur, Bas, Haut : double; N : int) return int
   is
      F      : Filtre renames Filtres (Integer (Numero));
      Change : Boolean;
   begin
      CCS_Filtre.Filtrer
        (F, Long_Float (Valeur), Long_Float (Bas), Long_Float (Haut),
         Confirmation (N), Change);
      if Change then
         return (if F.Actif then 2 else 1);
      end if;
      return 0;
   exception
      when Constraint_Error =>
         return Erreur_Domaine;
   end Filtrer;

   function En_Chaine is
     new Ada.Unchecked_Conversion (System.Address, chars_ptr);

   procedure Noter (Niveau : int; Date : double; Texte : System.Address) is
   begin
      CCS_Journal.Noter
        (Gravite'Val (Niveau), Standard.Duration (Date),
         Value (En_Chaine (Texte)));
   exception
      when Constraint_Error | Dereference_Error =>
         null;  --  rien n'est noté
   end Noter;

   procedure Ranger (S : String; Texte : System.Address; Lg : size_t) is
      Long : constant Natural := Integer'Min (S'Length, Integer (Lg) - 1);
   begin
      Update (En_Chaine (Texte), 0,
              S (S'First .. S'First + Long - 1) & ASCII.NUL, Check => False);
   end Ranger;

   --  Nombre d'entrées de ce niveau ; Texte : la dernière de toutes
   function Journal (Niveau : int; Texte : System.Address; Lg : size_t)
     return int is
   begin
      declare
         Choisies : constant Entrees := Extraire (Gravite'Val (Niveau));
      begin
         Ranger (Image (Derniere), Texte, Lg);
         return Choisies'Length;
      end;
   exception
      when Journal_Vide =>
         return 0;
      when Constraint_Error =>
         return Erreur_Domaine;
   end Journal;

   function Mot_Etat
     (Senseur, Roues, Chauffage, Compteur : int) return unsigned_short
   is
      E : CCS_Mots.Mot_Etat;
   begin
      E := (Senseur   => Etat_Equipement'Val (Senseur),
            Roues     => Nombre_Roues (Roues),
            Chauffage => Chauffage /= 0,
            Compteur  => Compteur_Bord (Compteur));
      return unsigned_short (Coder (E));
   exception
      when Constraint_Error =>
         return 0;
   end Mot_Etat;

   function Lire_Etat (Mot : unsigned_short; Compteur : access int) return int
   is
      E      : CCS_Mots.Mot_Etat;
      Perdus : Natural;
   begin
      E := Decoder (Mot16 (Mot));
      if not Suit (E.Compteur, Attendu, Perdus) then
         CCS_Journal.Noter
           (Avertissement, 0.0, Natural'Image (Perdus) & " MOTS PERDUS");
      end if;
      Compteur.all := int (E.Compteur);
      return Etat_Equipement'Pos (E.Senseur);
   exception
      when Mot_Invalide =>
         return Erreur_Invalide;
   end Lire_Etat;

   function Verifier
     (Mots : System.Address; N : int; Rang, Duree : access int;
      Texte : System.Address; Lg : size_t) return int
   is
      M : CCS_Mots.Mots (1 .. Integer (N));
      for M'Address use Mots;
      pragma Import (Ada, M);
      --  une liste longue ne remplit pas le journal
      Calme : Sourdine;
      pragma Unreferenced (Calme);
      R     : Natural;
      Motif : Motif_Refus;
   begin
      declare
         S : constant Sequence := Decoder (M);
      begin
         Verifier (S, R, Motif);
         Duree.all := int (CCS_Sequence.Duree (S));
         for I in S'Range loop
            CCS_Journal.Noter (Info, 0.0, Image (S (I)));
         end loop;
         if R > 0 then
            CCS_Journal.Noter (Alarme, 0.0, "REFUS " & Image (S (R)));
            Ranger (Image (S (R)), Texte, Lg);
         else
            Ranger ("SOMME" & Mot16'Image (Somme (M)), Texte, Lg);
         end if;
      end;
      Rang.all := int (R);
      return Motif_Refus'Pos (Motif);
   exception
      when Sequence_Invalide =>
         Rang.all := 0;
         return Motif_Refus'Pos (Code_Inconnu);
   end Verifier;

end CCS_Suivi;
