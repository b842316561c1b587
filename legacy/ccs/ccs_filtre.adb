--  ccs_filtre.adb
package body CCS_Filtre is

   Sccs_Id : constant String := "@(#)ccs_filtre.adb 1.3 98/06/22 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_filtre_sccs_id");

   procedure Filtrer
     (F        : in out Filtre;
      Valeur   : Long_Float;
      Bas      : Long_Float;
      Haut     : Long_Float;
      N        : Confirmation;
      Change   : out Boolean)
   is
      Compte : Boolean;
   begin
      if Bas > Haut then
         raise Constraint_Error with "seuils inverses";
      end if;
      Change := False;
      Compte := (if F.Actif then Valeur < Bas else Valeur > Haut);
      if not Compte then
         F.Compteur := 0;
         if F.Actif then
            F.Extreme := Long_Float'Max (F.Extreme, Valeur);
         end if;
         return;
      end if;
      F.Compteur := F.Compteur + 1;
      if F.Compteur >= N then
         F.Actif    := not F.Actif;
         F.Compteur := 0;
         F.Extreme  := Valeur;
         Change     := True;
      end if;
   end Filtrer;

   procedure Confirmer
     (Hors     : Boolean;
      N        : Confirmation;
      Compteur : in out Natural;
      Etat     : in out Boolean) is
   begin
      if Hors = Etat then
         Compteur := 0;
      else
         Compteur := Compteur + 1;
         if Compteur >= N then
            Etat     := Hors;
            Compteur := 0;
         end if;
      end if;
   end Confirmer;

   function Confirmer
     (Hors     : Boolean;
      N        : Confirmation;
      Compteur : access Natural) return Natural is
   begin
      Compteur.all := (if Hors then Natural'Min (Compteur.all + 1, N) else 0);
      return N - Compteur.all;
   end Confirmer;

   procedure Extremes (V : Vecteur; Mini, Maxi : out Long_Float) is
   begin
      Mini := Long_Float'Last;
      Maxi := Long_Float'First;
      for I in V'Range loop
         Mini := Long_Float'Min (Mini, V (I));
         Maxi := Long_Float'Max (Maxi, V (I));
      end loop;
   end Extremes;

   function Mediane (A, B, C : Long_Float) return Long_Float is
   begin
      return Long_Float'Max
        (Long_Float'Min (A, B), Long_Float'Min (Long_Float'Max (A, B), C));
   end Mediane;

   function Medianes (V : Vecteur) return Vecteur is
      M : Vecteur (1 .. Integer'Max (V'Length - 2, 0));
   begin
      for I in M'Range loop
         M (I) := Mediane
           (V (V'First + I - 1), V (V'First + I), V (V'First + I + 1));
      end loop;
      return M;
   end Medianes;

   procedure Lisser (V : in out Vecteur) is
   begin
      if V'Length > 2 then
         V (V'First + 1 .. V'Last - 1) := Medianes (V);
      end if;
   end Lisser;

end CCS_Filtre;
