--  Driver of the reference figures of the Ada CCS: calls the routines and
--  prints one "name value" line per figure. The expected figures stand in
--  tests/reference_planning.rs, with their sources.
with Ada.Text_IO;   use Ada.Text_IO;
with Ada.Numerics.Long_Elementary_Functions;
use Ada.Numerics.Long_Elementary_Functions;
with CCS_Types;     use CCS_Types;
with CCS_Mots;      use CCS_Mots;
with CCS_Batterie;  use CCS_Batterie;
with CCS_Thermique; use CCS_Thermique;
with CCS_Roues;     use CCS_Roues;
with CCS_Senseurs;  use CCS_Senseurs;
with CCS_Filtre;    use CCS_Filtre;
procedure CCS_Figures is

   procedure Put (Name : String; X : Long_Float) is
   begin
      Put_Line (Name & Long_Float'Image (X));
   end Put;

   procedure Words is
   begin
      --  "abcdef" and "abcdefgh"
      Put_Line ("fletcher.abcdef" & Mot16'Image
                (Somme ((16#6162#, 16#6364#, 16#6566#))));
      Put_Line ("fletcher.abcdefgh" & Mot16'Image
                (Somme ((16#6162#, 16#6364#, 16#6566#, 16#6768#))));
      --  the layout of the status word: 2 = Attente, 7 wheels, on, 16#5A#
      Put_Line ("status" & Mot16'Image (Coder ((Attente, 7, True, 16#5A#))));
   end Words;

   procedure Field is
      Lat  : constant Long_Float := 79.30 / 57.29577951308232;
      Lon  : constant Long_Float := -71.41 / 57.29577951308232;
      Pole : constant Vecteur3 :=
        (6.3712E6 * Cos (Lat) * Cos (Lon), 6.3712E6 * Cos (Lat) * Sin (Lon),
         6.3712E6 * Sin (Lat));
      B    : constant Vecteur3 := Champ_Magnetique (Pole);
      C    : constant Vecteur3 := B * Pole;
      Norm : constant Long_Float := Sqrt (B * B);
      Vertical : constant Long_Float := B * Pole;
   begin
      Put ("field.pole.angle ",
           57.29577951308232 * Arcsin (Sqrt (C * C) / (Norm * 6.3712E6)));
      Put ("field.pole.nt ", 1.0E9 * Norm);
      Put_Line ("field.pole.down " & Boolean'Image (Vertical < 0.0));
   end Field;

   procedure Unloading is
      B : constant Vecteur3 := (2.0E-5, 0.0, 0.0);
      H : Vecteur3 := (1.0, 0.1, 0.0);
      M : Magnetocoupleurs;
      Norm : Long_Float;
   begin
      --  what is along the field stays, the rest decays as exp (-gain t)
      M.Moment_Max := 1.0E9;
      for Step in 1 .. 2000 loop
         Desaturer (H, B, 1.0, M, Norm);
      end loop;
      Put ("unloading.along ", H (1));
      Put ("unloading.across ", H (2) / (0.1 * Exp (-1.0)));
      Put ("wheel.1000_rpm ", Moment_Cinetique ((1000.0, 0.0, 0.0)) (1));
   end Unloading;

   procedure Roots is
      X  : Long_Float := 2.0;
      Ok : Boolean;
      V  : Vecteur (1 .. 40);
      P, R : Float;
      F  : Filtre;
      Changes : Natural := 0;
      Change  : Boolean;
   begin
      Polynomes.Racine ((-5.0, -2.0, 0.0, 1.0), 0.0, X, Ok);
      Put ("newton.wallis ", X);
      for I in V'Range loop
         V (I) := 3.0 - 0.25 * Long_Float (I);
      end loop;
      Regression (V, P, R);
      Put ("regression.slope ", Long_Float (P));
      Put ("regression.residual ", Long_Float (R));
      --  a wave of 5 periods crosses both thresholds twice in each
      for I in 1 .. 500 loop
         Filtrer (F, Sin (6.283185307179586 * Long_Float (I) / 100.0),
                  -0.5, 0.5, 3, Change);
         if Change then
            Changes := Changes + 1;
         end if;
      end loop;
      Put_Line ("hysteresis.changes" & Natural'Image (Changes));
   end Roots;

   procedure Energy is
      Bat : Batterie;
      R   : Pourcent;
      L   : constant Lois (1 .. 1) :=
        (1 => (Tout_Ou_Rien, 10.0, 14.0, 18.0));
      Lines : Lignes := (others => False);
      Power, T, Low, High : Long_Float := 16.0;
   begin
      --  20 A for one hour
      for Minute in 1 .. 60 loop
         Integrer (Bat, -20.0, 60.0, 15.0, R);
      end loop;
      Put ("battery.ah ", Long_Float (Bat.Charge));
      Put ("battery.hours ", Long_Float (Autonomie (Bat, -20.0)) / 3600.0);
      --  a heater keeps its band whatever the loss
      Low := 100.0;
      High := -100.0;
      for Second in 1 .. 5000 loop
         Reguler ((1 => T), L, Lines, Power);
         T := T + 0.01 * (Power / 2.0 - (T - 12.5) / 2.0);
         if Second > 1000 then
            Low  := Long_Float'Min (Low, T);
            High := Long_Float'Max (High, T);
         end if;
      end loop;
      Put ("heater.low ", Low);
      Put ("heater.high ", High);
   end Energy;

begin
   Words;
   Field;
   Unloading;
   Roots;
   Energy;
end CCS_Figures;
