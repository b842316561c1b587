--  tache.ads - une tache de bibliotheque, active des l'elaboration
package Tache is
   function Mesurer (N : Long_Integer) return Long_Integer;
   pragma Import (C, Mesurer, "mesurer");

   --  appelee pendant l'elaboration
   Premiere : constant Long_Integer := Mesurer (1);

   task Garde is
      entry Rendre (Somme : out Long_Integer);
   end Garde;
end Tache;
