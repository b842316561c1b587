--  composants.ads - les composants C et Fortran, vus de l'Ada
with Interfaces.C; use Interfaces.C;
with System;
package Composants is

   --  Télémesure (telemetry.h)
   type Octets is array (Natural range <>) of aliased unsigned_char;
   pragma Convention (C, Octets);

   type Mesure is record
      Numero   : int;
      Brut     : unsigned;
      Etat     : int;
      Physique : double;
   end record;
   pragma Convention (C, Mesure);
   type Mesures is array (0 .. 17) of Mesure;
   pragma Convention (C, Mesures);

   type Rappel is access function
     (M : access constant Mesure; Contexte : System.Address) return int;
   pragma Convention (C, Rappel);

   function Crc16 (Buf : Octets; Lg : size_t) return unsigned_short;
   pragma Import (C, Crc16, "tm_crc16");
   function Extraire_Bits
     (Buf : Octets; Lg, Bit, Nb : int; Valeur : access unsigned) return int;
   pragma Import (C, Extraire_Bits, "tm_extraire_bits");
   function Coder_1750A (X : double) return unsigned;
   pragma Import (C, Coder_1750A, "tm_coder_1750a");
   function Reel_1750A (Mot : unsigned) return double;
   pragma Import (C, Reel_1750A, "tm_reel_1750a");
   function Decommuter
     (Donnees : Octets; Lg : int; Table : System.Address; Nb : int;
      M : access Mesures; R : Rappel; Contexte : System.Address) return int;
   pragma Import (C, Decommuter, "tm_decommuter");

   Table : Character;
   pragma Import (C, Table, "tm_table_parametres");

   --  L'exception levée par Refuser traverse tm_decommuter
   Mesure_Refusee : exception;
   function Refuser
     (M : access constant Mesure; Contexte : System.Address) return int;
   pragma Convention (C, Refuser);

   --  Dynamique du vol (flight_dynamics.h) : tout par adresse
   type Elements is array (1 .. 6) of Long_Float;
   pragma Convention (Fortran, Elements);
   type Vecteur3 is array (1 .. 3) of Long_Float;
   pragma Convention (Fortran, Vecteur3);

   function Kepler
     (Xm, Exc : access constant Long_Float; Ier : access Integer)
      return Long_Float;
   pragma Import (C, Kepler, "kepler_");

end Composants;
