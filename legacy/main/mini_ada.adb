--  @(#)mini_ada.adb 1.5 00/02/21 CMP
--  mini_ada.adb - programme principal Ada, avec une tâche de bibliothèque
with Ada.Exceptions; use Ada.Exceptions;
with Ada.Text_IO;  use Ada.Text_IO;
with CCS_Types;    use CCS_Types;
with CCS_Limites;  use CCS_Limites;
with CCS_Automate; use CCS_Automate;
with Acces;        use Acces;
with Interfaces.C; use Interfaces.C;
with Composants;   use Composants;
with Calculateur;
with Veilleur;
with Essais;       use Essais;
procedure Mini_Ada is

   procedure Essai_Tache is
      Ecart  : Long_Float;
      Mode   : Mode_Satellite;
      Nombre : Natural;
      Zero   : Long_Float := 0.0;
      pragma Volatile (Zero);
   begin
      Put_Line ("elaboration " & Long_Float'Image (Veilleur.Ecart_Initial)
                & " " & Mode_Satellite'Image (Veilleur.Mode_Initial));
      Veilleur.Garde.Mesurer (31.25, Ecart);
      Put_Line ("mesurer " & Long_Float'Image (Ecart));
      Veilleur.Garde.Mesurer (Zero / Zero, Ecart);
      Put_Line ("mesurer " & Long_Float'Image (Ecart));
      Veilleur.Garde.Signaler (Pointage_Acquis, Mode);
      Put_Line ("signaler " & Mode_Satellite'Image (Mode));
      Veilleur.Garde.Signaler (Separation, Mode);
      Put_Line ("signaler " & Mode_Satellite'Image (Mode)
                & " refus" & Natural'Image (Nombre_Refus));
      Veilleur.Garde.Arreter (Nombre);
      Put_Line ("appels" & Natural'Image (Nombre));
   end Essai_Tache;

   procedure Essai_Limites is
      V : constant Vecteur (105 .. 109) := (1.0, 9.0, 30.0, 4.0, -50.0);
      T : constant Table_Limites (1 .. 5) :=
        (1 => (Bande, 1, 0.0, 5.0),
         2 => (Seuil_Haut, 1, 8.0),
         3 => (Etat_Attendu, 1, 28),
         4 => (Genre => Libre, Persistance => 2),
         5 => (Seuil_Bas, 3, -40.0));
      X : Long_Float := 10.0;
      M : Long_Float := 8.0;
      S : Boolean;
   begin
      Put_Line ("pire" & Integer'Image (Pire (V, T)));
      Put_Line ("pire" & Integer'Image (Pire (V (105 .. 107), T (1 .. 3))));
      Put_Line ("pire" & Integer'Image (Pire (V (108 .. 107), T (1 .. 0))));
      Filtrer (X, M, 0.25, S);
      Put_Line ("filtrer" & Long_Float'Image (X) & Boolean'Image (S));
      Put_Line (Libelle ("t_bat   ", 3.27));
      Put_Line (Libelle ("demesure", 1.0E30));
      Put_Line ("volts" & Volts'Image (Coder (27.3))
                & Volts'Image (Coder (1.0E6)));
   end Essai_Limites;

   procedure Essai_Acces is
      N : aliased Integer := 42;
   begin
      Put_Line ("deref" & Integer'Image (Deref (N'Unchecked_Access)));
      Put_Line ("deref " & Integer'Image (Deref (null)));
      Put_Line ("lire_ou" & Integer'Image
                (Lire_Ou (N'Unchecked_Access, 8, -2)));
      Put_Line ("lire_ou " & Integer'Image (Lire_Ou (null, 8, -2)));
      Put_Line ("somme" & Integer'Image
                (Somme ((N'Unchecked_Access, null, N'Unchecked_Access))));
      Put_Line ("quotient" & Integer'Image (Quotient (7, 0)));
   end Essai_Acces;

   procedure Essai_Composants is
      Pos     : Vecteur3;
      Code    : Integer;
      Total   : Natural;
      Xm      : aliased constant Long_Float := 0.7;
      Exc     : aliased constant Long_Float := 0.02;
      Ier     : aliased Integer := 9;
      Donnees : Octets (0 .. 111) := (others => 0);
      Lues    : aliased Mesures;
      Valeur  : aliased unsigned := 0;
   begin
      Put_Line ("initiale " & Long_Float'Image (Calculateur.Position_Initiale (1))
                & Integer'Image (Calculateur.Code_Initial));
      for I in Donnees'Range loop
         Donnees (I) := unsigned_char ((I * 37 + 11) mod 256);
      end loop;
      for Tour in 1 .. 5 loop
         Calculateur.Orbite.Positionner (600.0 * Long_Float (Tour), Pos, Code);
         Put_Line ("position " & Long_Float'Image (Pos (3)) & Integer'Image (Code)
                   & int'Image (Extraire_Bits (Donnees, 112, int (40 * Tour), 12, Valeur'Access))
                   & unsigned'Image (Valeur)
                   & unsigned_short'Image (Crc16 (Donnees, size_t (20 * Tour))));
      end loop;
      Calculateur.Orbite.Arreter (Total);
      Put_Line ("total" & Natural'Image (Total));
      Put_Line ("kepler " & Long_Float'Image (Kepler (Xm'Access, Exc'Access, Ier'Access))
                & Integer'Image (Ier));
      Put_Line ("1750A " & Long_Float'Image
                (Long_Float (Reel_1750A (Coder_1750A (-12.5)))));
      Put_Line ("mesures" & int'Image
                (Decommuter (Donnees, 112, Table'Address, 11, Lues'Access,
                             Refuser'Access, Table'Address)));
      Put_Line ("mesures" & int'Image
                (Decommuter (Donnees, 112, Table'Address, 18, Lues'Access,
                             Refuser'Access, Table'Address)));
   exception
      when E : Mesure_Refusee =>
         Put_Line ("mesure refusee :" & Exception_Message (E));
   end Essai_Composants;

begin
   Essai_Tache;
   Essai_Composants;
   Essai_Limites;
   Essai_Acces;
   Essai_Mots;
   Essai_Energie;
   Essai_Roues;
   Essai_Senseurs;
   Essai_Journal;
   Essai_Sequences;
   begin
      Put_Line (Mode_Satellite'Image (Suivant (Lancement, Fin_Poussee)));
   exception
      when Transition_Interdite =>
         Put_Line ("transition interdite");
   end;
end Mini_Ada;
