--  nul.adb - adresses nulles lues dans les premieres instructions
with Ada.Text_IO; use Ada.Text_IO;
with Acces;       use Acces;
with Lecture;
with Premier;
procedure Nul is
   N : aliased Integer := 1950;
begin
   for Tour in 1 .. 20 loop
      Put_Line ("deref" & Integer'Image (Deref (N'Unchecked_Access)) & Integer'Image (Deref (null)));
      Put_Line ("lire_ou" & Integer'Image (Lire_Ou (N'Unchecked_Access, Tour, -2))
                & Integer'Image (Lire_Ou (null, Tour, -2)));
      Put_Line ("somme" & Integer'Image (Premier.Somme (N'Unchecked_Access, N'Unchecked_Access, Tour))
                & Integer'Image (Premier.Somme (null, N'Unchecked_Access, Tour)));
      begin
         Put_Line ("brute" & Integer'Image (Lecture.Brute (null, Tour)));
      exception
         when Constraint_Error | Storage_Error => Put_Line ("rattrapee");
      end;
   end loop;
   Put_Line (Integer'Image (Lecture.Brute (null, 1)));
end Nul;
