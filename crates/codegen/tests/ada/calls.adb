--  Calls the legacy CCS in its own words, and through the package generated
--  from its contract: the answers are the same, to the bit.
with Ada.Text_IO;    use Ada.Text_IO;
with Interfaces;
with Ccs;            use Ccs;
with CCS_Automate;   use CCS_Automate;
with CCS_Batterie;   use CCS_Batterie;
with CCS_C;
with CCS_Filtre;     use CCS_Filtre;
with CCS_Limites;    use CCS_Limites;
with CCS_Mots;       use CCS_Mots;
with CCS_Roues;      use CCS_Roues;
with CCS_Senseurs;   use CCS_Senseurs;
with CCS_Sequence;   use CCS_Sequence;
with CCS_Thermique;  use CCS_Thermique;
with CCS_Types;      use CCS_Types;

procedure Calls is
   use type Interfaces.Integer_64;
   use type Interfaces.Unsigned_16;
   use type Interfaces.Unsigned_32;

   Number, Differ : Natural := 0;

   procedure Same (What : String; Alike : Boolean) is
   begin
      Number := Number + 1;
      if not Alike then
         Differ := Differ + 1;
         Put_Line (What & " differs");
      end if;
   end Same;

   --  Bounds that start anywhere
   V : constant Vecteur (-4 .. 3) :=
     (3.0, 1.5, 9.0, -2.0, 4.5, 4.25, 0.0, 11.0);
   W : constant Long_Float_Array (-4 .. 3) := Long_Float_Array (V);

   procedure Limits is
      Band  : constant Limite := (Bande, 2, -1.0, 4.0);
      Band2 : constant Ccs_Types_Limite := (Bande, 2, -1.0, 4.0);
      State : constant Limite := (Etat_Attendu, 1, 3);
      T     : constant Table_Limites (1 .. 8) := (3 => State, others => Band);
      T2    : constant Ccs_Types_Limite_Array (1 .. 8) :=
        (3 => (Etat_Attendu, 1, 3), others => Band2);
      A, B, M, M2      : Long_Float;
      J, J2, Al, Al2   : Boolean := False;
      Count, Count2    : Natural := 0;
   begin
      Same ("Depassement",
        Depassement (Band, 7.5) = Ccs_Limites_Depassement (Band2, 7.5));
      Same ("Pire", Pire (V, T) = Ccs_Limites_Pire (W, T2));
      Same ("Libelle",
        Libelle ("tension bus", 2.5) = Ccs_Limites_Libelle ("tension bus", 2.5));
      A := 12.0; B := A; M := 3.0; M2 := M;
      CCS_Limites.Filtrer (A, M, 0.25, J);
      Ccs_Limites_Filtrer (B, M2, 0.25, J2);
      Same ("Filtrer", A = B and M = M2 and J = J2);
      Fixer (5, Band);
      Ccs_Limites_Fixer (6, Band2);
      Same ("Fixer",
        Limite_De (6) = Band and Ccs_Limites_Limite_De (5) = Band2);
      for I in 1 .. 4 loop
         Surveiller (5, 8.0, Count, Al);
         Ccs_Limites_Surveiller (6, 8.0, Count2, Al2);
         Same ("Surveiller", Count = Count2 and Al = Al2);
      end loop;
      Same ("Nombre_Alarmes",
        Nombre_Alarmes = 2 and Ccs_Limites_Nombre_Alarmes = 2);
      Same ("Coder",
        Long_Float (CCS_Limites.Coder (27.3))
        = Long_Float (Ccs_Limites_Coder (27.3)));
   end Limits;

   procedure Modes is
      M      : Mode_Satellite := Normal;
      M2     : Ccs_Types_Mode_Satellite := Normal;
      C, C2  : Boolean;
   begin
      Avancer (Debut_Poussee, M, C);
      Ccs_Automate_Avancer (Debut_Poussee, M2, C2);
      Same ("Avancer",
        Mode_Satellite'Pos (M) = Ccs_Types_Mode_Satellite'Pos (M2) and C = C2);
      Ccs_Automate_Demarrer (Lancement);
      Soumettre (Separation);
      --  The package variable itself
      Same ("Courant",
        Ccs_Types_Mode_Satellite'Pos (Ccs_Automate_Courant)
        = Mode_Satellite'Pos (Mode_Courant));
      Same ("Transitions", Ccs_Automate_Transitions = Nombre_Transitions);
      Same ("Mode of the C surface", Integer (CCS_C.Mode) = Ccs_C_Mode);
      --  An exception of the legacy code arrives under its own name
      M2 := Ccs_Automate_Suivant (Lancement, Fin_Poussee);
      Same ("Suivant", False);
   exception
      when Transition_Interdite =>
         Same ("Suivant", True);
   end Modes;

   procedure Words is
      A     : constant Mot_Etat := Decoder (16#2AD4#);
      B     : constant Ccs_Mots_Mot_Etat := Ccs_Mots_Decoder (16#2AD4#);
      M     : constant Masque := (1 | 3 | 15 => True, others => False);
      M2    : constant Ccs_Mots_Masque := (1 | 3 | 15 => True, others => False);
      D     : constant Mot_Bcd := (8, 7, 6, 5, 4, 3, 2, 1);
      D2    : constant Ccs_Mots_Mot_Bcd := (8, 7, 6, 5, 4, 3, 2, 1);
      L     : constant Mots (21 .. 23) := (16#1234#, 16#FFFF#, 7);
      L2    : constant Unsigned_16_Array (21 .. 23) := (16#1234#, 16#FFFF#, 7);
      R     : Mot32 := 16#8000_0001#;
      E, E2 : Integer := 250;
      P, P2 : Natural;
      U, U2 : Natural;
      S2    : Boolean;
   begin
      Same ("Decoder",
        Etat_Equipement'Pos (A.Senseur)
          = Ccs_Mots_Etat_Equipement'Pos (B.Senseur)
        and A.Roues = Integer (B.Roues) and A.Chauffage = B.Chauffage
        and A.Compteur = Integer (B.Compteur));
      Same ("Coder",
        Integer (CCS_Mots.Coder (A)) = Integer (Ccs_Mots_Coder (B)));
      Same ("Bits_A_Un", Bits_A_Un (M) = Ccs_Mots_Bits_A_Un (M2));
      Same ("Parite", Parite (7) = Ccs_Mots_Parite (7));
      Same ("Parite", Parite (3) = Ccs_Mots_Parite (3));
      Tourner (R, 5);
      Same ("Tourner",
        Interfaces.Unsigned_32 (R) = Ccs_Mots_Tourner (16#8000_0001#, 5));
      Same ("Valeur",
        Interfaces.Integer_64 (Valeur (D)) = Ccs_Mots_Valeur (D2));
      Same ("Valeur of words",
        Interfaces.Integer_64 (Valeur (L, True))
        = Ccs_Mots_Valeur_2 (L2, True));
      Same ("Somme",
        Interfaces.Unsigned_16 (Somme (L)) = Ccs_Mots_Somme (L2));
      Ccs_Mots_Suit (255, E2, P2, S2);
      Same ("Suit", Suit (255, E, P) = S2 and then E = E2 and then P = P2);
      Compter (L, 16#0F0F#, P, U);
      Ccs_Mots_Compter (L2, 16#0F0F#, P2, U2);
      Same ("Compter", P = P2 and U = U2);
   end Words;

   procedure Battery is
      B       : Batterie := (20.5, 3, False);
      B2      : Ccs_Batterie_Batterie := (20.5, 3, False);
      R       : Pourcent;
      R2      : Ccs_Batterie_Pourcent;
      F, F2   : Boolean;
   begin
      Integrer (B, -12.25, 600.0, 15.0, R);
      Ccs_Batterie_Integrer (B2, -12.25, 600.0, 15.0, R2);
      Same ("Integrer",
        Long_Float (B.Charge) = Long_Float (B2.Charge)
        and B.Cycles = B2.Cycles and B.Decharge = B2.Decharge
        and Long_Float (R) = Long_Float (R2));
      Recaler (B, 0.5, 33.5, 10.0, F);
      Ccs_Batterie_Recaler (B2, 0.5, 33.5, 10.0, F2);
      Same ("Recaler", F = F2);
      Same ("Autonomie",
        Autonomie (B, -3.0) = Ccs_Batterie_Autonomie (B2, -3.0));
      Same ("Profondeur",
        Long_Float (Profondeur (B))
        = Long_Float (Ccs_Batterie_Profondeur (B2)));
      Same ("Tension_Fin",
        Tension_Fin (12.5, 3) = Ccs_Batterie_Tension_Fin (12.5, 3));
   end Battery;

   procedure Heaters is
      L     : Loi := (Tout_Ou_Rien, 25.0, 5.0, 15.0);
      L2    : Ccs_Thermique_Loi := (Tout_Ou_Rien, 25.0, 5.0, 15.0);
      F     : Loi (Tout_Ou_Rien) := (Tout_Ou_Rien, 25.0, 5.0, 15.0);
      T     : constant Lois (1 .. 3) := (others => L);
      T2    : constant Ccs_Thermique_Loi_Array (1 .. 3) := (others => L2);
      H     : Lignes := (others => False);
      H2    : Ccs_Thermique_Lignes := (others => False);
      P, P2 : Long_Float;
      Held  : Boolean := False;
   begin
      Same ("Rapport_Cyclique",
        Rapport_Cyclique (L, 4.0, True)
        = Ccs_Thermique_Rapport_Cyclique (L2, 4.0, True));
      Reguler (V (-4 .. -2), T, H, P);
      Ccs_Thermique_Reguler (W (-4 .. -2), T2, H2, P2);
      Same ("Reguler", P = P2 and H (1) = H2 (0) and H (3) = H2 (2));
      Same ("Allumees",
        Long_Float_Array (Allumees (H)) = Ccs_Thermique_Allumees (H2));
      Convertir (L, Proportionnelle);
      Ccs_Thermique_Convertir (L2, Proportionnelle);
      Same ("Convertir",
        L2.Genre = Proportionnelle and then L.Consigne = L2.Consigne
        and then L.Cycle_Max = L2.Cycle_Max);
      --  The legacy code is told that this one keeps its discriminant
      declare
         F2 : Ccs_Thermique_Loi (Tout_Ou_Rien) :=
           (Tout_Ou_Rien, 25.0, 5.0, 15.0);
      begin
         Convertir (F, Proportionnelle);
      exception
         when Constraint_Error =>
            begin
               Ccs_Thermique_Convertir (F2, Proportionnelle);
            exception
               when Constraint_Error =>
                  Held := F2.Genre = Tout_Ou_Rien;
            end;
      end;
      Same ("Convertir of a constrained object", Held);
   end Heaters;

   procedure Wheels is
      A    : constant Vecteur3 := (1.0, 2.0, 3.0);
      B    : constant Vecteur3 := (4.0, 5.0, 6.0);
      A2   : constant Long_Float_Array_3 := (1.0, 2.0, 3.0);
      B2   : constant Long_Float_Array (11 .. 13) := (4.0, 5.0, 6.0);
      G    : aliased Magnetocoupleurs;
      Y    : aliased Tuyeres;
      G2   : Ccs_Roues_Magnetocoupleurs;
      Y2   : Ccs_Roues_Tuyeres;
      Any  : Ccs_Roues_Actionneur;
      H    : Vecteur3 := (10.0, -4.0, 2.0);
      H2   : Long_Float_Array (0 .. 2) := (10.0, -4.0, 2.0);
      N    : Long_Float;
      N2   : Long_Float;

      function Equal (L : Vecteur3; R : Long_Float_Array) return Boolean is
      begin
         return L (1) = R (R'First) and L (2) = R (R'First + 1)
           and L (3) = R (R'First + 2);
      end Equal;
   begin
      Attach (G2, G'Address);
      Attach (Y2, Y'Address);
      Attach (Any, G'Address);
      Same ("* of vectors", Equal (A * B, Ccs_Roues_Omultiply (A2, B2)));
      Same ("scalar *", A * B = Ccs_Roues_Omultiply_2 (A2, B2));
      Same ("+", Equal (A + B, Ccs_Roues_Oadd (A2, B2)));
      Same ("Nom", Nom (G) = Ccs_Roues_Nom_2 (G2));
      Same ("Couple", Equal (Couple (G, H, B), Ccs_Roues_Couple_2 (G2, H2, B2)));
      Same ("Couple", Equal (Couple (Y, H, B), Ccs_Roues_Couple_3 (Y2, H2, B2)));
      Desaturer (H, B, 25.0, G, N);
      Ccs_Roues_Desaturer (H2, B2, 25.0, Any, N2);
      Same ("Desaturer", Equal (H, H2) and N = N2);
   end Wheels;

   procedure Sensors is
      S     : constant Senseur_Access := Par_Nom ("SOLAIRE");
      S2    : Ccs_Senseurs_Senseur;
      B, B2 : Long_Float;
      O, O2 : Boolean;
      P, P2 : Float;
      R, R2 : Float;
   begin
      Attach (S2, S.all'Address);
      Same ("Etalonner", Etalonner (S.all, 0.5) = Ccs_Senseurs_Etalonner (S2, 0.5));
      Same ("Etalonner of many",
        Long_Float_Array (Etalonner (S.all, V))
        = Ccs_Senseurs_Etalonner_2 (S2, W));
      Inverser (S.all, 12.0, B, O);
      Ccs_Senseurs_Inverser (S2, 12.0, B2, O2);
      Same ("Inverser", B = B2 and O = O2);
      Regression (V, P, R);
      Ccs_Senseurs_Regression (W, P2, R2);
      Same ("Regression", P = P2 and R = R2);
   end Sensors;

   procedure Filters is
      F           : Filtre;
      F2          : Ccs_Filtre_Filtre := (False, 0, 0.0);
      C, C2       : Boolean;
      N           : aliased Natural := 1;
      N2          : aliased Natural := 1;
      Lo, Hi      : Long_Float;
      Lo2, Hi2    : Long_Float;
      X           : Vecteur (1 .. 8) := V;
      X2          : Long_Float_Array (101 .. 108) := W;
   begin
      for I in V'Range loop
         CCS_Filtre.Filtrer (F, V (I), 1.0, 4.0, 2, C);
         Ccs_Filtre_Filtrer (F2, V (I), 1.0, 4.0, 2, C2);
         Same ("Filtrer", C = C2 and F.Compteur = F2.Compteur
           and F.Actif = F2.Actif and F.Extreme = F2.Extreme);
      end loop;
      C2 := C;
      Confirmer (True, 3, N, C);
      Ccs_Filtre_Confirmer (True, 3, N2, C2);
      Same ("Confirmer", N = N2 and C = C2);
      Same ("Confirmer of an access",
        Confirmer (True, 3, N'Access)
        = Ccs_Filtre_Confirmer_2 (True, 3, N2'Unchecked_Access, 0)
        and then N = N2);
      Extremes (V, Lo, Hi);
      Ccs_Filtre_Extremes (W, Lo2, Hi2);
      Same ("Extremes", Lo = Lo2 and Hi = Hi2);
      Same ("Medianes",
        Long_Float_Array (Medianes (V)) = Ccs_Filtre_Medianes (W));
      Lisser (X);
      Ccs_Filtre_Lisser (X2);
      Same ("Lisser", Long_Float_Array (X) = X2);
   end Filters;

   procedure Sequences is
      L   : constant Mots (1 .. 6) := (16#11#, 10, 4, 16#20#, 30, 0);
      L2  : constant Unsigned_16_Array (1 .. 6) :=
        (16#11#, 10, 4, 16#20#, 30, 0);
      S   : constant Sequence := CCS_Sequence.Decoder (L);
      S2  : constant Ccs_Sequence_Commande_Array := Ccs_Sequence_Decoder (L2);
      R   : Natural;
      R2  : Natural;
      M   : Motif_Refus;
      M2  : Ccs_Sequence_Motif_Refus;
   begin
      Same ("Decoder",
        S'First = S2'First and S'Last = S2'Last
        and S2 (1).Numero = S (1).Numero);
      Same ("Duree", Duree (S) = Ccs_Sequence_Duree (S2));
      Same ("Image", Image (S (1)) = Ccs_Sequence_Image (S2 (1)));
      Verifier (S, R, M);
      Ccs_Sequence_Verifier (S2, R2, M2);
      Same ("Verifier",
        R = R2 and Motif_Refus'Pos (M) = Ccs_Sequence_Motif_Refus'Pos (M2));
   end Sequences;

begin
   Limits;
   Modes;
   Words;
   Battery;
   Heaters;
   Wheels;
   Sensors;
   Filters;
   Sequences;
   Put_Line (Natural'Image (Number) & " answers," & Natural'Image (Differ)
     & " differ");
end Calls;
