with Ada.Text_IO; use Ada.Text_IO;
with Tache;
procedure Princ is
   Somme : Long_Integer;
begin
   Tache.Garde.Rendre (Somme);
   Put_Line (Long_Integer'Image (Somme + Tache.Mesurer (51)));
end Princ;
