--  calculateur.adb
with Interfaces.C; use Interfaces.C;
package body Calculateur is

   Sccs_Id : constant String := "@(#)calculateur.adb 1.1 00/02/21 CMP";
   pragma Export (C, Sccs_Id, "calculateur_sccs_id");

   procedure Ehinit
     (Jj50 : access constant Integer; Sec : access constant Long_Float;
      Eltm : access constant Elements; Ier : access Integer);
   pragma Import (C, Ehinit, "ehinit_");
   procedure Ehposv
     (Dt  : access constant Long_Float; Pos, Vit : access Vecteur3;
      Ier : access Integer);
   pragma Import (C, Ehposv, "ehposv_");

   task body Orbite is
      Jour   : aliased constant Integer := 19819;
      Sec    : aliased constant Long_Float := 0.0;
      Elt    : aliased constant Elements :=
        (7200653.0, 0.0, 0.0011, 1.723, 3.482, 0.0);
      Instant : aliased Long_Float;
      P, V    : aliased Vecteur3;
      Ier     : aliased Integer;
      Total   : Natural := 0;
      Octet   : Octets (0 .. 2) := (1, 2, 3);
   begin
      --  avant tout rendez-vous : la tâche seule
      Ehinit (Jour'Access, Sec'Access, Elt'Access, Ier'Access);
      loop
         select
            accept Positionner
              (Dt : Long_Float; Pos : out Vecteur3; Code : out Integer)
            do
               Instant := Dt;
               Ehposv (Instant'Access, P'Access, V'Access, Ier'Access);
               Pos  := P;
               Code := Ier;
            end Positionner;
         or
            accept Arreter (Somme : out Natural) do
               Somme := Total;
            end Arreter;
            exit;
         end select;
         --  hors rendez-vous, en même temps que les autres tâches
         for I in 1 .. 20 loop
            Octet (0) := unsigned_char (I);
            Total := (Total + Natural (Crc16 (Octet, 3))) mod 100_000;
         end loop;
      end loop;
   end Orbite;

begin
   Orbite.Positionner (0.0, Position_Initiale, Code_Initial);
end Calculateur;
