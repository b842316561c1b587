--  ccs_batterie.adb
package body CCS_Batterie is

   Sccs_Id : constant String := "@(#)ccs_batterie.adb 1.4 98/11/02 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_batterie_sccs_id");

   function Etat (B : Batterie) return Pourcent is
   begin
      return Pourcent (100.0 * Long_Float (B.Charge) / Long_Float (Capacite));
   end Etat;

   function Rendement_Charge (T : Celsius; Etat : Pourcent) return Pourcent is
      R : Long_Float := 96.0;
   begin
      if T > 10.0 then
         R := R - 0.45 * (T - 10.0);
      elsif T < -5.0 then
         R := R - 0.8 * (-5.0 - T);
      end if;
      if Etat > 90.0 then
         R := R - 4.0 * (Long_Float (Etat) - 90.0);
      end if;
      return Pourcent (Long_Float'Max (R, 0.0));
   end Rendement_Charge;

   procedure Integrer
     (B         : in out Batterie;
      Courant   : Ampere;
      Duree     : Duration;
      T         : Celsius;
      Rendement : out Pourcent)
   is
      Gain : Long_Float;
   begin
      Rendement := 100.0;
      if Courant < 0.0 then
         if not B.Decharge then
            B.Cycles := B.Cycles + 1;
         end if;
         B.Decharge := True;
      else
         B.Decharge := False;
         Rendement := Rendement_Charge (T, Etat (B));
      end if;
      Gain := Long_Float (Courant) * Long_Float (Duree) / 3600.0
        * Long_Float (Rendement) / 100.0;
      B.Charge := Ampere_Heure
        (Long_Float'Max (0.0, Long_Float'Min
           (Long_Float (B.Charge) + Gain, Long_Float (Capacite))));
   end Integrer;

   procedure Recaler
     (B       : in out Batterie;
      Courant : Ampere;
      Tension : Long_Float;
      T       : Celsius;
      Fait    : out Boolean) is
   begin
      Fait := not B.Decharge and then Courant < 1.0
        and then Tension >= Tension_Fin (T, 3);
      if Fait then
         B.Charge := Capacite;
      end if;
   end Recaler;

   function Profondeur (B : Batterie) return Pourcent is
   begin
      return 100.0 - Etat (B);
   end Profondeur;

   function Tension_Fin (T : Celsius; Niveau : Niveau_VT) return Long_Float is
      Par_Element : constant Long_Float :=
        1.520 - 0.00233 * T + 0.020 * Long_Float (Niveau - 5);
   begin
      return 23.0 * Par_Element;
   end Tension_Fin;

   function Autonomie (B : Batterie; Courant : Ampere) return Duration is
      Reste : Long_Float;
   begin
      if Courant >= 0.0 then
         raise Sans_Decharge with "courant" & Ampere'Image (Courant);
      end if;
      Reste := Long_Float (B.Charge) - 0.2 * Long_Float (Capacite);
      return Duration
        (Long_Float'Max (0.0, Reste) / (-Long_Float (Courant)) * 3600.0);
   end Autonomie;

end CCS_Batterie;
