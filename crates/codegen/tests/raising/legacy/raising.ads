--  raising.ads - subprograms that raise, and a caller of Rust
with System;
package Raising is

   Hors_Limites : exception;

   function Diviser (A, B : Integer) return Integer;
   function Lever (Kind : Integer) return Integer;

   --  calls Rust; what came of it goes to Texte, NUL-terminated
   procedure Hote (Kind : Integer; Texte : System.Address; Lg : Integer);
   pragma Export (C, Hote, "raising_hote_ada");

end Raising;
