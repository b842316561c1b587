--  ccs_polynomes.ads - polynômes, par puissances croissantes
generic
   type Reel is digits <>;
   type Coefficients is array (Natural range <>) of Reel;
package CCS_Polynomes is

   function Valeur (C : Coefficients; X : Reel) return Reel;
   --  Bornes 0 .. degré - 1 ; (0 => 0.0) pour une constante
   function Derivee (C : Coefficients) return Coefficients;
   --  Newton depuis X ; X est inchangé si Converge est faux
   procedure Racine
     (C        : Coefficients;
      Y        : Reel;
      X        : in out Reel;
      Converge : out Boolean);

end CCS_Polynomes;
