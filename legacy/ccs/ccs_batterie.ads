--  ccs_batterie.ads - estimation de la charge des batteries
package CCS_Batterie is

   --  Binaire, comme le bord ; décimaux, comme les fiches du constructeur
   type Ampere is delta 2.0 ** (-8) range -128.0 .. 127.0;
   type Ampere_Heure is delta 0.001 range 0.0 .. 1000.0;
   for Ampere_Heure'Small use 0.001;
   type Pourcent is delta 0.01 digits 5 range 0.0 .. 100.0;

   subtype Celsius is Long_Float range -50.0 .. 80.0;
   type Niveau_VT is range 1 .. 8;

   Capacite : constant Ampere_Heure := 48.0;

   type Batterie is record
      Charge   : Ampere_Heure := Capacite;
      Cycles   : Natural := 0;
      Decharge : Boolean := False;
   end record;

   Sans_Decharge : exception;

   --  Courant compté positif en charge. Rendement : celui du pas, 100 en
   --  décharge. Un cycle est compté à chaque entrée en décharge.
   procedure Integrer
     (B         : in out Batterie;
      Courant   : Ampere;
      Duree     : Duration;
      T         : Celsius;
      Rendement : out Pourcent);

   --  En fin de charge (courant faible, tension de la courbe atteinte) la
   --  charge est remise à la capacité.
   procedure Recaler
     (B       : in out Batterie;
      Courant : Ampere;
      Tension : Long_Float;
      T       : Celsius;
      Fait    : out Boolean);

   function Profondeur (B : Batterie) return Pourcent;
   --  Baisse avec la température et près de la pleine charge
   function Rendement_Charge (T : Celsius; Etat : Pourcent) return Pourcent;
   --  Tension de fin de charge de 23 éléments, courbes V/T
   function Tension_Fin (T : Celsius; Niveau : Niveau_VT) return Long_Float;
   --  Temps jusqu'à 20 % de charge ; lève Sans_Decharge si Courant >= 0
   function Autonomie (B : Batterie; Courant : Ampere) return Duration;

end CCS_Batterie;
