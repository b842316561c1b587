with Interfaces; use Interfaces;

package Impl is
   pragma Elaborate_Body;

   type Vecteur is array (Integer range <>) of Long_Float;
   type Entiers is array (Integer range <>) of Integer;
   type Matrice is array (Integer range <>, Integer range <>) of Long_Float;
   type Octets is array (Unsigned_8 range <>) of Unsigned_8;

   function Sum (V : Vecteur) return Long_Float;
   pragma Export (Ada, Sum, Link_Name => "ada_arrays__sum");

   function Greatest (V : Vecteur) return Integer;
   pragma Export (Ada, Greatest, Link_Name => "ada_arrays__greatest");

   procedure Scale (V : in out Vecteur; K : Long_Float);
   pragma Export (Ada, Scale, Link_Name => "ada_arrays__scale");

   procedure Number (V : out Entiers);
   pragma Export (Ada, Number, Link_Name => "ada_arrays__number");

   procedure Upper (S : String; T : out String);
   pragma Export (Ada, Upper, Link_Name => "ada_arrays__upper");

   function Tally (C : Character; S : String) return Integer;
   pragma Export (Ada, Tally, Link_Name => "ada_arrays__tally");

   function Moment (M : Matrice) return Long_Float;
   pragma Export (Ada, Moment, Link_Name => "ada_arrays__moment");

   function Checksum (O : Octets) return Integer;
   pragma Export (Ada, Checksum, Link_Name => "ada_arrays__checksum");

   function Apart
     (A, B : Integer; V : Vecteur; C : Integer; W : Vecteur; D : Integer)
      return Long_Float;
   pragma Export (Ada, Apart, Link_Name => "ada_arrays__apart");
end Impl;
