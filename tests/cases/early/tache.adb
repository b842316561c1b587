package body Tache is
   task body Garde is
      Total : Long_Integer := Premiere;
   begin
      for I in Long_Integer range 2 .. 50 loop
         Total := Total + Mesurer (I);
      end loop;
      accept Rendre (Somme : out Long_Integer) do
         Somme := Total;
      end Rendre;
   end Garde;
end Tache;
