--  ccs_automate.adb
package body CCS_Automate is

   Sccs_Id : constant String := "@(#)ccs_automate.adb 1.8 98/05/20 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_automate_sccs_id");

   Courant     : Mode_Satellite := Lancement;
   Transitions : Natural := 0;
   Refus       : Natural := 0;

   function Suivant (Mode : Mode_Satellite; Ev : Evenement)
     return Mode_Satellite is
   begin
      if Ev = Rien then
         return Mode;
      elsif Ev = Alarme_Rouge and then Mode /= Lancement then
         return Survie;
      end if;
      case Mode is
         when Lancement =>
            if Ev = Separation then
               return Acquisition;
            end if;
         when Acquisition =>
            if Ev = Pointage_Acquis then
               return Normal;
            end if;
         when Normal =>
            if Ev = Debut_Poussee then
               return Manoeuvre;
            end if;
         when Manoeuvre =>
            if Ev = Fin_Poussee then
               return Normal;
            end if;
         when Survie =>
            if Ev = Reconfiguration then
               return Acquisition;
            end if;
      end case;
      raise Transition_Interdite with
        Mode_Satellite'Image (Mode) & " sur " & Evenement'Image (Ev);
   end Suivant;

   procedure Avancer
     (Ev     : Evenement;
      Mode   : in out Mode_Satellite;
      Change : out Boolean)
   is
      Ancien : constant Mode_Satellite := Mode;
   begin
      Change := False;
      Mode   := Suivant (Mode, Ev);
      Change := Mode /= Ancien;
   exception
      when Transition_Interdite =>
         Refus := Refus + 1;
   end Avancer;

   procedure Demarrer (Mode : Mode_Satellite) is
   begin
      Courant     := Mode;
      Transitions := 0;
      Refus       := 0;
   end Demarrer;

   procedure Soumettre (Ev : Evenement) is
      Change : Boolean;
   begin
      Avancer (Ev, Courant, Change);
      if Change then
         Transitions := Transitions + 1;
      end if;
   end Soumettre;

   function Mode_Courant return Mode_Satellite is (Courant);
   function Nombre_Transitions return Natural is (Transitions);
   function Nombre_Refus return Natural is (Refus);

end CCS_Automate;
