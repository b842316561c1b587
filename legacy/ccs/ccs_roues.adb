--  ccs_roues.adb
with Ada.Numerics.Long_Elementary_Functions;
use Ada.Numerics.Long_Elementary_Functions;
package body CCS_Roues is

   Sccs_Id : constant String := "@(#)ccs_roues.adb 2.1 99/02/08 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_roues_sccs_id");

   Inertie : constant := 0.12;                  --  kg.m2
   Rayon   : constant := 6.3712E6;

   --  Etat du paquetage, calculé à l'élaboration : coefficients g10, g11,
   --  h11 du champ (IGRF 1995, nT)
   G10 : constant := -29682.0;
   G11 : constant := -1789.0;
   H11 : constant := 5318.0;
   Dipole : Vecteur3;

   function "*" (A, B : Vecteur3) return Vecteur3 is
   begin
      return (A (2) * B (3) - A (3) * B (2),
              A (3) * B (1) - A (1) * B (3),
              A (1) * B (2) - A (2) * B (1));
   end "*";

   function "*" (A, B : Vecteur3) return Long_Float is
   begin
      return A (1) * B (1) + A (2) * B (2) + A (3) * B (3);
   end "*";

   function "*" (K : Long_Float; A : Vecteur3) return Vecteur3 is
   begin
      return (K * A (1), K * A (2), K * A (3));
   end "*";

   function "+" (A, B : Vecteur3) return Vecteur3 is
   begin
      return (A (1) + B (1), A (2) + B (2), A (3) + B (3));
   end "+";

   function Moment_Cinetique (Vitesses : Vecteur3) return Vecteur3 is
   begin
      return (Inertie * Ada.Numerics.Pi / 30.0) * Vitesses;
   end Moment_Cinetique;

   function Champ_Magnetique (Position : Vecteur3) return Vecteur3 is
      R : constant Long_Float := Sqrt (Position * Position);
      U : constant Vecteur3 := (1.0 / R) * Position;
      K : constant Long_Float := (Rayon / R) ** 3;
      P : constant Long_Float := Dipole * U;
   begin
      return K * ((3.0 * P) * U + (-1.0) * Dipole);
   end Champ_Magnetique;

   function Nom (A : Actionneur) return String is
   begin
      return (if A.Actif then "TUYERES" else "AUCUN");
   end Nom;

   function Nom (A : Magnetocoupleurs) return String is
   begin
      return "MAGNETO" & (if A.Actif then "" else " COUPES");
   end Nom;

   function Couple (A : Magnetocoupleurs; H, B : Vecteur3) return Vecteur3 is
      B2 : constant Long_Float := B * B;
      HB : constant Vecteur3 := H * B;
      M  : Vecteur3 := (A.Gain / B2) * HB;
      Plus_Grand : Long_Float := 0.0;
   begin
      for I in M'Range loop
         Plus_Grand := Long_Float'Max (Plus_Grand, abs M (I));
      end loop;
      if Plus_Grand > A.Moment_Max then
         M := (A.Moment_Max / Plus_Grand) * M;
      end if;
      return M * B;
   end Couple;

   function Couple (A : Tuyeres; H, B : Vecteur3) return Vecteur3 is
      pragma Unreferenced (B);
      C : Vecteur3 := (others => 0.0);
   begin
      for I in H'Range loop
         if abs H (I) > A.Zone_Morte then
            C (I) := (if H (I) > 0.0 then -A.Couple_Max else A.Couple_Max);
         end if;
      end loop;
      return C;
   end Couple;

   procedure Desaturer
     (H     : in out Vecteur3;
      B     : Vecteur3;
      Duree : Long_Float;
      A     : Actionneur'Class;
      Norme : out Long_Float)
   is
      Reste : Long_Float := Duree;
   begin
      for I in H'Range loop
         if abs H (I) > Saturation then
            raise Roues_Saturees with "axe" & Integer'Image (I);
         end if;
      end loop;
      if A.Actif then
         --  appels aiguillés
         while Reste > 0.0 loop
            H := H + Long_Float'Min (Pas, Reste) * Couple (A, H, B);
            Reste := Reste - Pas;
         end loop;
      end if;
      Norme := Sqrt (H * H);
   end Desaturer;

begin
   Dipole := 1.0E-9 * Vecteur3'(G11, H11, G10);
end CCS_Roues;
