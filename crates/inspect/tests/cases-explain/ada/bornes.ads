package Bornes is
   procedure Verifier (X : Integer);
   procedure Verifier_Sans (X : in out Integer);
   function Somme (N : Integer) return Integer;
   Hors_Bornes : exception;
end Bornes;
