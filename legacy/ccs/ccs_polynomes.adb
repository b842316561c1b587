--  ccs_polynomes.adb
package body CCS_Polynomes is

   function Valeur (C : Coefficients; X : Reel) return Reel is
      Y : Reel := 0.0;
   begin
      for I in reverse C'Range loop
         Y := Y * X + C (I);
      end loop;
      return Y;
   end Valeur;

   function Derivee (C : Coefficients) return Coefficients is
      D : Coefficients (0 .. Integer'Max (C'Length - 2, 0)) := (others => 0.0);
   begin
      for I in 1 .. C'Length - 1 loop
         D (I - 1) := Reel (I) * C (C'First + I);
      end loop;
      return D;
   end Derivee;

   procedure Racine
     (C        : Coefficients;
      Y        : Reel;
      X        : in out Reel;
      Converge : out Boolean)
   is
      D      : constant Coefficients := Derivee (C);
      Z      : Reel := X;
      Pente  : Reel;
      Ecart  : Reel;
   begin
      Converge := False;
      for Tour in 1 .. 50 loop
         Pente := Valeur (D, Z);
         exit when Pente = 0.0;
         Ecart := (Valeur (C, Z) - Y) / Pente;
         Z := Z - Ecart;
         if abs Ecart <= 4.0 * Reel'Epsilon * Reel'Max (abs Z, 1.0) then
            Converge := True;
            X := Z;
            exit;
         end if;
      end loop;
   end Racine;

end CCS_Polynomes;
