--  lecture.ads - lecture sans précaution : la faute est à l'appelant
package Lecture is

   type Int_Access is access all Integer;

   --  P.all + K ; rien n'est vérifié ni rattrapé ici
   function Brute (P : Int_Access; K : Integer) return Integer;

end Lecture;
