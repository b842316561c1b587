package Hotes is
   function Cumuler (N, Poids : Integer) return Integer;
   function Essayer (N : Integer) return Integer;
end Hotes;
