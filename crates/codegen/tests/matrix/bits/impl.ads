with Interfaces; use Interfaces;

package Impl is
   pragma Elaborate_Body;

   type Mode is (Off, On, Safe);
   for Mode use (Off => 0, On => 1, Safe => 7);
   for Mode'Size use 32;

   type Version is mod 2 ** 2;
   type Satellite is mod 2 ** 10;
   type Gain is range -16 .. 15;
   type Number is mod 2 ** 20;
   type Last is mod 2 ** 4;
   type Header is record
      Of_Format : Version;
      Of_Orbit  : Satellite;
      Set_To    : Gain;
      Channel   : Unsigned_8;
      Rate      : Integer_16;
      Count     : Number;
      Ending    : Last;
   end record;
   for Header use record
      Of_Format at 0 range 0 .. 1;
      Of_Orbit  at 0 range 2 .. 11;
      Set_To    at 0 range 12 .. 16;
      Channel   at 3 range 0 .. 7;
      Rate      at 4 range 0 .. 15;
      Count     at 8 range 0 .. 19;
      Ending    at 8 range 24 .. 27;
   end record;
   for Header'Size use 96;
   pragma Convention (C_Pass_By_Copy, Header);
   type Address_Of_Header is access all Header;
   pragma Convention (C, Address_Of_Header);

   function Next_Mode (M : Mode; Make_Safe : Unsigned_8) return Mode;
   pragma Export (C, Next_Mode, "bits_next_mode");

   procedure Retune (H : Address_Of_Header; To : Integer);
   pragma Export (C, Retune, "bits_retune");

   function Digest (H : Header) return Unsigned_32;
   pragma Export (C, Digest, "bits_digest");

   --  A union of four bytes, as the word that travels
   function Inverse (W : Unsigned_32) return Unsigned_32;
   pragma Export (C, Inverse, "bits_inverse");

   procedure Set_Real (W : out Float; F : Float);
   pragma Export (C, Set_Real, "bits_set_real");
end Impl;
