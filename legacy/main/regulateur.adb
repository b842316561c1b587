--  regulateur.adb
with CCS_Thermique; use CCS_Thermique;
with CCS_Journal;   use CCS_Journal;
package body Regulateur is

   Sccs_Id : constant String := "@(#)regulateur.adb 1.1 00/03/06 CMP";
   pragma Export (C, Sccs_Id, "regulateur_sccs_id");

   task body Chauffage is
      L       : Lois (11 .. 13) :=
        ((Tout_Ou_Rien, 20.0, 10.0, 14.0),
         (Proportionnelle, 50.0, 20.0, 0.25, 0.9),
         (Coupee, 8.0));
      Allume  : Lignes := (others => False);
      Mesures : Vecteur (1 .. 3);
      Total   : Long_Float;
      Tours   : Natural := 0;
   begin
      loop
         select
            accept Mesurer (T : Vecteur; Puissance : out Long_Float) do
               Mesures := T;
               Reguler (Mesures, L, Allume, Total);
               Puissance := Total;
            exception
               when Constraint_Error | Loi_Invalide =>
                  Puissance := -1.0;
            end Mesurer;
            Tours := Tours + 1;
            if Total > 40.0 then
               Noter (Avertissement, Duration (60 * Tours), "CHAUFFAGE FORT");
            end if;
         or
            accept Arreter (Lignes_Notees : out Natural) do
               Lignes_Notees := Compte (Avertissement);
            end Arreter;
            exit;
         end select;
      end loop;
   end Chauffage;

end Regulateur;
