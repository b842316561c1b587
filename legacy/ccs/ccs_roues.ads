--  ccs_roues.ads - désaturation des roues à inertie
package CCS_Roues is

   type Vecteur3 is array (1 .. 3) of Long_Float;

   function "*" (A, B : Vecteur3) return Vecteur3;            --  vectoriel
   function "*" (A, B : Vecteur3) return Long_Float;          --  scalaire
   function "*" (K : Long_Float; A : Vecteur3) return Vecteur3;
   function "+" (A, B : Vecteur3) return Vecteur3;

   --  tr/mn -> N.m.s
   function Moment_Cinetique (Vitesses : Vecteur3) return Vecteur3;
   --  Dipôle centré incliné, T ; position dans le repère terrestre, m
   function Champ_Magnetique (Position : Vecteur3) return Vecteur3;

   type Actionneur is abstract tagged record
      Actif : Boolean := True;
   end record;
   --  Couple (N.m) qui réduit le moment cinétique H dans le champ B
   function Couple (A : Actionneur; H, B : Vecteur3) return Vecteur3
     is abstract;
   function Nom (A : Actionneur) return String;

   --  Loi en produit vectoriel, moment magnétique limité (A.m2)
   type Magnetocoupleurs is new Actionneur with record
      Gain       : Long_Float := 5.0E-4;        --  1/s
      Moment_Max : Long_Float := 60.0;
   end record;
   function Couple (A : Magnetocoupleurs; H, B : Vecteur3) return Vecteur3;
   function Nom (A : Magnetocoupleurs) return String;

   --  Tout ou rien, par axe, avec zone morte
   type Tuyeres is new Actionneur with record
      Couple_Max : Long_Float := 0.05;
      Zone_Morte : Long_Float := 1.0;           --  N.m.s
   end record;
   function Couple (A : Tuyeres; H, B : Vecteur3) return Vecteur3;

   --  Avance de Duree secondes, par pas de Pas au plus ; Norme : de ce qui
   --  reste. Lève
   --  Roues_Saturees si une composante dépasse Saturation.
   Saturation     : constant := 40.0;
   Pas            : constant := 10.0;
   Roues_Saturees : exception;
   procedure Desaturer
     (H     : in out Vecteur3;
      B     : Vecteur3;
      Duree : Long_Float;
      A     : Actionneur'Class;
      Norme : out Long_Float);

end CCS_Roues;
