--  premier.ads - une faute des la premiere lecture, rattrapee par la routine elle-meme
with Lecture;
package Premier is
   function Somme (P, Q : Lecture.Int_Access; K : Integer) return Integer;
end Premier;
