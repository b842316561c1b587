--  veilleur.adb
with CCS_Limites;  use CCS_Limites;
with CCS_Automate; use CCS_Automate;
package body Veilleur is

   Sccs_Id : constant String := "@(#)veilleur.adb 1.2 98/06/11 CMP";
   pragma Export (C, Sccs_Id, "veilleur_sccs_id");

   Consigne : constant Limite :=
     (Genre => Bande, Persistance => 1, Bas => 10.0, Haut => 20.0);

   task body Garde is
      Courant : Mode_Satellite := Lancement;
      Change  : Boolean;
      Compte  : Natural := 0;
   begin
      --  appel fait dès l'activation, avant tout rendez-vous
      Compte := Compte + Integer (Depassement (Consigne, 23.0));
      loop
         select
            accept Mesurer (Valeur : Long_Float; Ecart : out Long_Float) do
               begin
                  Ecart := Depassement (Consigne, Valeur);
               exception
                  when Mesure_Invalide =>
                     Ecart := -1.0;
               end;
               Compte := Compte + 1;
            end Mesurer;
         or
            accept Signaler (Ev : Evenement; Mode : out Mode_Satellite) do
               Avancer (Ev, Courant, Change);
               Mode   := Courant;
               Compte := Compte + 1;
            end Signaler;
         or
            accept Arreter (Nombre : out Natural) do
               Nombre := Compte;
            end Arreter;
            exit;
         end select;
      end loop;
   end Garde;

begin
   Garde.Mesurer (7.5, Ecart_Initial);
   Garde.Signaler (Separation, Mode_Initial);
end Veilleur;
