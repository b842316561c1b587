--  ccs_limites.adb
with Ada.Characters.Handling;
package body CCS_Limites is

   Sccs_Id : constant String := "@(#)ccs_limites.adb 2.3 98/05/20 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_limites_sccs_id");

   Seuil_Saut : constant := 5.0;

   --  Etat du paquetage
   Table   : Table_Limites (1 .. Nb_Max);
   Alarmes : Natural := 0;

   function Depassement (L : Limite; Valeur : Long_Float) return Long_Float is
   begin
      if not Valeur'Valid then
         raise Mesure_Invalide;
      end if;
      case L.Genre is
         when Libre =>
            return 0.0;
         when Bande =>
            return Long_Float'Max
              (0.0, Long_Float'Max (L.Bas - Valeur, Valeur - L.Haut));
         when Seuil_Bas =>
            return Long_Float'Max (0.0, L.Seuil - Valeur);
         when Seuil_Haut =>
            return Long_Float'Max (0.0, Valeur - L.Seuil);
         when Etat_Attendu =>
            return abs (Valeur - Long_Float (L.Valeur));
      end case;
   end Depassement;

   procedure Filtrer
     (Valeur  : in out Long_Float;
      Memoire : in out Long_Float;
      Gain    : Long_Float;
      Saut    : out Boolean)
   is
      Ecart : constant Long_Float := Valeur - Memoire;
   begin
      Saut := abs Ecart > Seuil_Saut;
      if Saut then
         Memoire := Valeur;
      else
         Memoire := Memoire + Gain * Ecart;
         Valeur  := Memoire;
      end if;
   end Filtrer;

   procedure Surveiller
     (Numero   : Numero_Parametre;
      Valeur   : Long_Float;
      Compteur : in out Natural;
      Alarme   : in out Boolean)
   is
      L : Limite renames Table (Numero);
   begin
      if Depassement (L, Valeur) > 0.0 then
         Compteur := Compteur + 1;
         if Compteur >= L.Persistance and then not Alarme then
            Alarme  := True;
            Alarmes := Alarmes + 1;
         end if;
      else
         Compteur := 0;
         Alarme   := False;
      end if;
   end Surveiller;

   --  Dépassement de la mesure I de V, -1.0 si elle n'est pas exploitable
   function Depassement_Ou_Rien
     (V : Vecteur; T : Table_Limites; I : Integer) return Long_Float is
   begin
      return Depassement (T (T'First + (I - V'First)), V (I));
   exception
      when Mesure_Invalide | Constraint_Error =>
         return -1.0;
   end Depassement_Ou_Rien;

   function Pire (V : Vecteur; T : Table_Limites) return Integer is
      Rang  : Integer    := V'First - 1;
      Ecart : Long_Float := 0.0;
   begin
      for I in V'Range loop
         declare
            D : constant Long_Float := Depassement_Ou_Rien (V, T, I);
         begin
            if D > Ecart then
               Ecart := D;
               Rang  := I;
            end if;
         end;
      end loop;
      return Rang;
   end Pire;

   function Libelle (Nom : String; Ecart : Long_Float) return String is
      Fin    : Natural := Nom'Last;
      Milli  : Long_Long_Integer;
   begin
      while Fin >= Nom'First and then Nom (Fin) = ' ' loop
         Fin := Fin - 1;
      end loop;
      Milli := Long_Long_Integer (Ecart * 1000.0);
      declare
         Entier : constant String :=
           Long_Long_Integer'Image (Milli / 1000);
         Reste  : constant String :=
           Long_Long_Integer'Image (1000 + Milli mod 1000);
      begin
         return Ada.Characters.Handling.To_Upper (Nom (Nom'First .. Fin))
           & " :" & Entier & "." & Reste (Reste'Last - 2 .. Reste'Last);
      end;
   exception
      when Constraint_Error =>
         return Nom & " : ECART DEMESURE";
   end Libelle;

   function Coder (Tension : Long_Float) return Volts is
   begin
      return Volts (Tension);
   exception
      when Constraint_Error =>
         return (if Tension < 0.0 then Volts'First else Volts'Last);
   end Coder;

   procedure Fixer (Numero : Numero_Parametre; L : Limite) is
   begin
      Table (Numero) := L;
   end Fixer;

   function Limite_De (Numero : Numero_Parametre) return Limite is
   begin
      return Table (Numero);
   end Limite_De;

   function Nombre_Alarmes return Natural is
   begin
      return Alarmes;
   end Nombre_Alarmes;

   procedure Acquitter is
   begin
      Alarmes := 0;
   end Acquitter;

end CCS_Limites;
