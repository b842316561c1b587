--  ccs_c.ads - façade C du CCS (voir ccs.h)
with Interfaces.C;         use Interfaces.C;
with Interfaces.C.Strings; use Interfaces.C.Strings;
package CCS_C is

   function Initialiser (Mode : int) return int;
   pragma Export (C, Initialiser, "ccs_initialiser");

   function Fixer_Bande
     (Numero : int; Bas, Haut : double; Persistance : int) return int;
   pragma Export (C, Fixer_Bande, "ccs_fixer_bande");

   function Fixer_Seuil
     (Numero : int; Seuil : double; Haut : int; Persistance : int) return int;
   pragma Export (C, Fixer_Seuil, "ccs_fixer_seuil");

   function Surveiller (Numero : int; Valeur : double) return int;
   pragma Export (C, Surveiller, "ccs_surveiller");

   procedure Filtrer (Numero : int; Valeur : in out double);
   pragma Export (C, Filtrer, "ccs_filtrer");


   function Pire (Valeurs : access constant double; N : int) return int;
   pragma Export (C, Pire, "ccs_pire");

   function Soumettre (Ev : int) return int;
   pragma Export (C, Soumettre, "ccs_evenement");

   function Mode return int;
   pragma Export (C, Mode, "ccs_mode");

   procedure Bilan (Alarmes, Transitions, Refus : out int);
   pragma Export (C, Bilan, "ccs_bilan");

   function Message
     (Nom : chars_ptr; Ecart : double; Texte : chars_ptr; Lg : size_t)
      return int;
   pragma Export (C, Message, "ccs_message");

   function Coder_Volts (Tension : double) return short;
   pragma Export (C, Coder_Volts, "ccs_coder_volts");

end CCS_C;
