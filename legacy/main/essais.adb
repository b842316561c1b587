--  essais.adb
with Ada.Text_IO;    use Ada.Text_IO;
with CCS_Types;      use CCS_Types;
with CCS_Mots;       use CCS_Mots;
with CCS_Batterie;   use CCS_Batterie;
with CCS_Thermique;  use CCS_Thermique;
with CCS_Roues;      use CCS_Roues;
with CCS_Senseurs;   use CCS_Senseurs;
with CCS_Filtre;     use CCS_Filtre;
with CCS_Journal;    use CCS_Journal;
with CCS_Sequence;   use CCS_Sequence;
with Regulateur;
package body Essais is

   Sccs_Id : constant String := "@(#)essais.adb 1.2 00/03/06 CMP";
   pragma Export (C, Sccs_Id, "essais_sccs_id");

   --  millièmes, arrondis
   function Milli (X : Long_Float) return String is
     (Long_Long_Integer'Image (Long_Long_Integer (X * 1000.0)));

   procedure Essai_Mots is
      E           : constant Mot_Etat := (Marche, 5, True, 200);
      M           : Mot32 := 16#8000_0001#;
      Uns, Zeros  : Natural;
      Attendu     : Compteur_Bord := 255;
      Bon         : Boolean;
   begin
      Put_Line ("mot" & Mot16'Image (Coder (E))
                & Integer'Image (Decoder (Coder (E)).Compteur));
      begin
         Put_Line (Etat_Equipement'Image (Decoder (16#0007#).Senseur));
      exception
         when Mot_Invalide =>
            Put_Line ("mot invalide");
      end;
      Tourner (M, 4);
      Put_Line ("tourner" & Mot32'Image (M) & Boolean'Image (Parite (M)));
      Put_Line ("valeurs" & Long_Integer'Image
                (Valeur (Mot_Bcd'(0, 0, 1, 9, 9, 8, 0, 5)))
                & Long_Integer'Image (Valeur (Mots'(16#FFFF#, 16#FFFE#), True))
                & Long_Integer'Image (Valeur (Mots'(16#FFFF#, 16#FFFE#), False)));
      Bon := Suit (255, Attendu, Uns);
      Put_Line ("suit " & Boolean'Image (Bon) & Integer'Image (Attendu)
                & Boolean'Image (Suit (3, Attendu, Zeros))
                & Natural'Image (Zeros));
      Compter ((16#F0F0#, 16#000F#), 16#00FF#, Uns, Zeros);
      Put_Line ("compter" & Natural'Image (Uns) & Natural'Image (Zeros)
                & Mot16'Image (Somme ((16#ABCD#, 16#EF01#))));
   end Essai_Mots;

   procedure Essai_Energie is
      B : Batterie;
      R : Pourcent;
      P : Long_Float;
      F : Filtre;
      C : aliased Natural := 0;
      Compte : Natural := 0;
      Hors   : Boolean := False;
      Change : Boolean;
   begin
      for Tour in 1 .. 17 loop
         Integrer (B, -16.0, 120.0, 12.0, R);
      end loop;
      Put_Line ("charge" & Ampere_Heure'Image (B.Charge)
                & Pourcent'Image (Profondeur (B)));
      Integrer (B, 18.5, 600.0, 25.0, R);
      Put_Line ("rendement" & Pourcent'Image (R)
                & Duration'Image (Autonomie (B, -10.0))
                & Long_Float'Image (Tension_Fin (20.0, 5)));
      begin
         Put_Line (Duration'Image (Autonomie (B, 0.5)));
      exception
         when Sans_Decharge =>
            Put_Line ("sans decharge");
      end;
      for T in 8 .. 15 loop
         Regulateur.Chauffage.Mesurer
           ((Long_Float (T), 10.0 + Long_Float (T) / 2.0, 0.0), P);
         Put ("  " & Milli (P));
      end loop;
      Regulateur.Chauffage.Mesurer ((1 => 0.0), P);
      Put_Line (" " & Milli (P));
      for I in 1 .. 12 loop
         Filtrer (F, Long_Float ((I * 7) mod 12), 3.0, 6.0, 1, Change);
         Put (if Change then (if F.Actif then "+" else "-") else ".");
      end loop;
      for I in 1 .. 7 loop
         Confirmer (I > 2, 3, Compte, Hors);
         Put (if Hors then "H" else "_");
      end loop;
      Put_Line (Natural'Image (Confirmer (True, 5, C'Access))
                & Natural'Image (Confirmer (True, 5, C'Access)));
   end Essai_Energie;

   procedure Essai_Roues is
      M     : Magnetocoupleurs;
      T     : Tuyeres;
      H     : Vecteur3 := (3.0, -6.0, 0.5);
      B     : constant Vecteur3 := Champ_Magnetique ((7.2E6, 0.0, 0.0));
      Norme : Long_Float;

      procedure Avancer (A : Actionneur'Class) is
      begin
         for Tour in 1 .. 10 loop
            Desaturer (H, B, 60.0, A, Norme);
         end loop;
         Put_Line (Nom (A) & " " & Milli (Norme));
      end Avancer;
   begin
      Put_Line ("champ nT" & Milli (B (1) * 1.0E6) & Milli (B (2) * 1.0E6)
                & Milli (B (3) * 1.0E6));
      Avancer (M);
      Avancer (T);
      T.Actif := False;
      Avancer (T);
      H := (100.0, 0.0, 0.0);
      Avancer (M);
   exception
      when Roues_Saturees =>
         Put_Line ("roues saturees");
   end Essai_Roues;

   procedure Essai_Senseurs is
      S      : constant Senseur_Access := Par_Nom ("STELLAIRE");
      V      : Vecteur (-2 .. 3) := (0.1, 0.2, 9.0, 0.4, 0.5, 0.6);
      Brut   : Long_Float;
      Ok     : Boolean;
      P, R   : Float;
      Mi, Ma : Long_Float;
   begin
      Put_Line ("angle " & Milli (Etalonner (S.all, 0.5)));
      Inverser (S.all, 4.0, Brut, Ok);
      Put_Line ("brut " & Milli (Brut) & Boolean'Image (Ok));
      declare
         A : constant Vecteur := Etalonner (Par_Nom ("SOLAIRE").all, V);
      begin
         Put_Line ("bornes" & Integer'Image (A'First) & " " & Milli (A (0))
                   & " " & Milli (A (3)));
      end;
      Lisser (V);
      Regression (V, P, R);
      Extremes (V, Mi, Ma);
      Put_Line ("pente " & Milli (Long_Float (P)) & Milli (Long_Float (R))
                & Milli (Mi) & Milli (Ma));
      Put_Line ("senseur " & Milli (Etalonner (S.all, 30.0)));
   exception
      when Hors_Plage =>
         Put_Line ("hors plage");
   end Essai_Senseurs;

   procedure Essai_Journal is
      Notees : Natural;
   begin
      Noter (Info, 3661.0, "DEBUT");
      declare
         S : Sourdine;
         pragma Unreferenced (S);
      begin
         Noter (Info, 3700.0, "OMISE");
         Noter (Avertissement, 3700.0, "OMISE AUSSI");
         Noter (Alarme, 3701.0, "GARDEE");
      end;
      for E in Gravite loop
         Put_Line (Gravite'Image (E) & Natural'Image (Compte (E))
                   & Integer'Image (Extraire (E)'Length));
      end loop;
      Put_Line (Image (Extraire (Alarme) (1)));
      Put_Line (Image (Derniere));
      Regulateur.Chauffage.Arreter (Notees);
      Put_Line ("notees" & Natural'Image (Notees));
      Vider;
      Put_Line (Image (Derniere));
   exception
      when Journal_Vide =>
         Put_Line ("journal vide");
   end Essai_Journal;

   procedure Essai_Sequences is
      S     : constant Sequence := Decoder
        ((16#11#, 0, 4, 16#31#, 5, 61036, 16#42#, 9, 16#5000# + 100));
      Rang  : Natural;
      Motif : Motif_Refus;
   begin
      for I in S'Range loop
         Put_Line (Image (S (I)));
      end loop;
      Verifier (S, Rang, Motif);
      Put_Line ("verifier" & Natural'Image (Rang) & " " & Motif_Refus'Image (Motif)
                & Natural'Image (Duree (S)));
      Verifier (S (2 .. 3), Rang, Motif);
      Put_Line ("verifier" & Natural'Image (Rang) & " " & Motif_Refus'Image (Motif));
      Verifier (Decoder ((16#11#, 0, 99)), Rang, Motif);
   exception
      when Sequence_Invalide =>
         Put_Line ("sequence invalide");
   end Essai_Sequences;

end Essais;
