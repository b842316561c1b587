--  paire.ads - Combine et la routine qu'elle appelle, dans la meme unite
package Paire is
   function Pas (X : Long_Float) return Long_Float;
   pragma No_Inline (Pas);
   function Combine (A, B, C, D : Long_Float) return Long_Float;
   pragma No_Inline (Combine);
end Paire;
