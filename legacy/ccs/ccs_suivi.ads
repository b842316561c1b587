--  ccs_suivi.ads - façade C du suivi de bord (voir ccs.h)
with Interfaces.C; use Interfaces.C;
with System;
package CCS_Suivi is

   function Initialiser return int;
   pragma Export (C, Initialiser, "ccs_suivi_initialiser");

   function Batterie_Pas
     (Courant, Duree, Temp : double; Rendement : access double) return int;
   pragma Export (C, Batterie_Pas, "ccs_batterie_pas");

   function Batterie_Recaler (Tension : double) return int;
   pragma Export (C, Batterie_Recaler, "ccs_batterie_recaler");

   procedure Batterie_Bilan
     (Charge, Profondeur, Autonomie, Tension_Fin : out double; Cycles : out int);
   pragma Export (C, Batterie_Bilan, "ccs_batterie_bilan");

   function Reguler
     (Temps : System.Address; N : int; Puissance : access double) return int;
   pragma Export (C, Reguler, "ccs_reguler");

   function Convertir_Loi (Ligne, Genre : int) return int;
   pragma Export (C, Convertir_Loi, "ccs_convertir_loi");

   function Desaturer
     (Vitesses, Position : System.Address; Duree : double; Actionneur : int;
      Norme : access double) return int;
   pragma Export (C, Desaturer, "ccs_desaturer");

   procedure Moment (H : System.Address);
   pragma Export (C, Moment, "ccs_moment");

   function Etalonner
     (Senseur : int; Bruts : System.Address; N : int; Angles : System.Address)
      return int;
   pragma Export (C, Etalonner, "ccs_etalonner");

   function Mesure_Brute (Senseur : int; Angle : double) return double;
   pragma Export (C, Mesure_Brute, "ccs_mesure_brute");

   function Tendance
     (Valeurs : System.Address; N : int; Pente, Residu : access C_float)
      return int;
   pragma Export (C, Tendance, "ccs_tendance");

   function Filtrer
     (Numero : int; Valeur, Bas, Haut : double; N : int) return int;
   pragma Export (C, Filtrer, "ccs_hysteresis");

   procedure Noter (Niveau : int; Date : double; Texte : System.Address);
   pragma Export (C, Noter, "ccs_noter");

   function Journal (Niveau : int; Texte : System.Address; Lg : size_t)
     return int;
   pragma Export (C, Journal, "ccs_journal");

   function Mot_Etat
     (Senseur, Roues, Chauffage, Compteur : int) return unsigned_short;
   pragma Export (C, Mot_Etat, "ccs_mot_etat");

   function Lire_Etat (Mot : unsigned_short; Compteur : access int) return int;
   pragma Export (C, Lire_Etat, "ccs_lire_etat");

   function Verifier
     (Mots : System.Address; N : int; Rang, Duree : access int;
      Texte : System.Address; Lg : size_t) return int;
   pragma Export (C, Verifier, "ccs_verifier_sequence");

end CCS_Suivi;
