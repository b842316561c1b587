--  acces.adb
package body Acces is

   Sccs_Id : constant String := "@(#)acces.adb 1.1 97/02/03 CMP";
   pragma Export (C, Sccs_Id, "acces_sccs_id");

   function Deref (P : Int_Access) return Integer is
      pragma Suppress (Access_Check);
   begin
      return P.all;
   exception
      when others =>
         return -1;
   end Deref;

   function Lire_Ou (P : Int_Access; K, Defaut : Integer) return Integer is
   begin
      return Lecture.Brute (P, K);
   exception
      when others =>
         return Defaut;
   end Lire_Ou;

   function Somme (L : Liste) return Integer is
      Total : Integer := 0;
   begin
      for I in L'Range loop
         Total := Total + Deref (L (I));
      end loop;
      return Total;
   end Somme;

   function Quotient (A, B : Integer) return Integer is
   begin
      return A / B;
   exception
      when Constraint_Error =>
         return Integer'Last;
   end Quotient;

end Acces;
