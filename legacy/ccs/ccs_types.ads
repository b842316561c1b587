--  ccs_types.ads - types communs du CCS (temps réel de la servitude)
package CCS_Types is

   Sccs_Id : constant String := "@(#)ccs_types.ads 1.5 97/03/12 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_types_sccs_id");

   type Mode_Satellite is (Lancement, Acquisition, Normal, Manoeuvre, Survie);

   type Evenement is
     (Rien, Separation, Pointage_Acquis, Debut_Poussee, Fin_Poussee,
      Alarme_Rouge, Reconfiguration);

   --  Tension en virgule fixe, telle que le bord la code (1/128 V)
   type Volts is delta 2.0 ** (-7) range -128.0 .. 127.0;
   for Volts'Small use 2.0 ** (-7);
   for Volts'Size use 16;

   type Genre_Limite is (Libre, Bande, Seuil_Bas, Seuil_Haut, Etat_Attendu);

   --  Article à discriminant modifiable : un paramètre change de surveillance
   type Limite (Genre : Genre_Limite := Libre) is record
      Persistance : Positive := 1;
      case Genre is
         when Libre =>
            null;
         when Bande =>
            Bas, Haut : Long_Float;
         when Seuil_Bas | Seuil_Haut =>
            Seuil : Long_Float;
         when Etat_Attendu =>
            Valeur : Integer;
      end case;
   end record;

   type Table_Limites is array (Positive range <>) of Limite;
   type Vecteur is array (Integer range <>) of Long_Float;

end CCS_Types;
