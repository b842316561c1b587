--  ccs_journal.adb
package body CCS_Journal is

   Sccs_Id : constant String := "@(#)ccs_journal.adb 1.9 99/05/25 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_journal_sccs_id");

   type Comptes is array (Gravite) of Natural;

   --  Partagé avec les tâches de surveillance
   protected Registre is
      procedure Ajouter (E : Entree; Perdue : out Boolean);
      procedure Vider;
      procedure Assourdir (Plus : Boolean; Reste : out Natural);
      procedure Omettre (Fait : out Boolean);
      function Nombre return Natural;
      function Nombre_De (Niveau : Gravite) return Natural;
      function Lire (Rang : Positive) return Entree;
   private
      Lignes    : Entrees (1 .. Nb_Max);
      Premiere  : Positive := 1;
      Remplies  : Natural := 0;
      Par_Niveau : Comptes := (others => 0);
      Sourdines : Natural := 0;
      Omises    : Natural := 0;
   end Registre;

   protected body Registre is
      procedure Ajouter (E : Entree; Perdue : out Boolean) is
      begin
         Perdue := Remplies = Nb_Max;
         if Perdue then
            Lignes (Premiere) := E;
            Premiere := Premiere mod Nb_Max + 1;
         else
            Remplies := Remplies + 1;
            Lignes (Remplies) := E;
         end if;
         Par_Niveau (E.Niveau) := Par_Niveau (E.Niveau) + 1;
      end Ajouter;

      procedure Vider is
      begin
         Premiere   := 1;
         Remplies   := 0;
         Par_Niveau := (others => 0);
      end Vider;

      procedure Assourdir (Plus : Boolean; Reste : out Natural) is
      begin
         Reste := 0;
         if Plus then
            Sourdines := Sourdines + 1;
         else
            Sourdines := Sourdines - 1;
            if Sourdines = 0 then
               Reste  := Omises;
               Omises := 0;
            end if;
         end if;
      end Assourdir;

      procedure Omettre (Fait : out Boolean) is
      begin
         Fait := Sourdines > 0;
         if Fait then
            Omises := Omises + 1;
         end if;
      end Omettre;

      function Nombre return Natural is (Remplies);
      function Nombre_De (Niveau : Gravite) return Natural is
        (Par_Niveau (Niveau));

      --  1 : la plus ancienne
      function Lire (Rang : Positive) return Entree is
      begin
         return Lignes ((Premiere + Rang - 2) mod Nb_Max + 1);
      end Lire;
   end Registre;

   procedure Noter (Niveau : Gravite; Date : Duration; Texte : String) is
      Lg     : constant Longueur_Texte :=
        Integer'Min (Texte'Length, Longueur_Texte'Last);
      Perdue : Boolean;
   begin
      if Niveau /= Alarme then
         declare
            Fait : Boolean;
         begin
            Registre.Omettre (Fait);
            if Fait then
               return;
            end if;
         end;
      end if;
      Registre.Ajouter
        ((Longueur => Lg, Niveau => Niveau, Date => Date,
          Texte    => Texte (Texte'First .. Texte'First + Lg - 1)),
         Perdue);
   end Noter;

   function Compte (Niveau : Gravite) return Natural is
   begin
      return Registre.Nombre_De (Niveau);
   end Compte;

   procedure Vider is
   begin
      Registre.Vider;
   end Vider;

   function Derniere return Entree is
   begin
      if Registre.Nombre = 0 then
         raise Journal_Vide;
      end if;
      return Registre.Lire (Registre.Nombre);
   end Derniere;

   function Extraire (Niveau : Gravite) return Entrees is
      E : Entrees (1 .. Registre.Nombre);
      N : Natural := 0;
   begin
      for I in E'Range loop
         if Registre.Lire (I).Niveau = Niveau then
            N := N + 1;
            E (N) := Registre.Lire (I);
         end if;
      end loop;
      return E (1 .. N);
   end Extraire;

   function Deux_Chiffres (N : Natural) return String is
      S : constant String := Natural'Image (100 + N mod 100);
   begin
      return S (S'Last - 1 .. S'Last);
   end Deux_Chiffres;

   function Image (E : Entree) return String is
      Lettres : constant array (Gravite) of Character := ('I', 'A', '!');
      S       : constant Natural := Natural (E.Date);
   begin
      return Deux_Chiffres (S / 3600) & ':' & Deux_Chiffres (S / 60 mod 60)
        & ':' & Deux_Chiffres (S mod 60) & ' ' & Lettres (E.Niveau) & ' '
        & E.Texte;
   end Image;

   procedure Initialize (S : in out Sourdine) is
   begin
      Registre.Assourdir (True, S.Omises);
   end Initialize;

   procedure Finalize (S : in out Sourdine) is
   begin
      Registre.Assourdir (False, S.Omises);
      if S.Omises > 0 then
         Noter (Info, 0.0, Natural'Image (S.Omises) & " LIGNES OMISES");
      end if;
   end Finalize;

end CCS_Journal;
