--  acces.ads - routines qui rattrapent elles-mêmes une faute matérielle
with Lecture; use Lecture;
package Acces is

   subtype Int_Access is Lecture.Int_Access;

   --  P.all, ou -1 si P est nul
   function Deref (P : Int_Access) return Integer;

   --  Lecture.Brute (P, K), ou Defaut si P est nul
   function Lire_Ou (P : Int_Access; K, Defaut : Integer) return Integer;

   --  Somme des entiers désignés ; les accès nuls comptent pour -1
   type Liste is array (Positive range <>) of Int_Access;
   function Somme (L : Liste) return Integer;

   --  A / B, ou Integer'Last si B = 0 (Constraint_Error rattrapée)
   function Quotient (A, B : Integer) return Integer;

end Acces;
