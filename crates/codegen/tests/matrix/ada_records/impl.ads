with Interfaces; use Interfaces;

package Impl is
   pragma Elaborate_Body;

   type Kind is (None, Band, Low, High, State);

   type Limit (Of_Kind : Kind := None) is record
      Persistence : Natural;
      case Of_Kind is
         when None       => null;
         when Band       => Least, Most : Long_Float;
         when Low | High => Threshold : Long_Float;
         when State      => Value : Integer;
      end case;
   end record;

   type Vector is array (1 .. 3) of Long_Float;

   type Track is record
      Position : Vector;
      Rank     : Integer_16;
      Name     : String (1 .. 8);
      Valid    : Boolean;
   end record;

   type Pair is record
      First, Second : Integer;
   end record;

   type Ampere_Hour is delta 0.001 range -2_147_483.648 .. 2_147_483.647;
   for Ampere_Hour'Small use 0.001;
   for Ampere_Hour'Size use 32;

   type Battery is record
      Charge      : Ampere_Hour;
      Cycles      : Natural;
      Discharging : Boolean;
   end record;

   type Equipment is (Off, Standby, On, Failed);
   for Equipment use (Off => 1, Standby => 2, On => 4, Failed => 8);
   type Wheels is range 0 .. 7;
   type Word is record
      Sensor  : Equipment;
      Turning : Wheels;
      Heating : Boolean;
      Counter : Unsigned_8;
   end record;
   for Word use record
      Sensor  at 0 range 0 .. 3;
      Turning at 0 range 4 .. 6;
      Heating at 0 range 7 .. 7;
      Counter at 1 range 0 .. 7;
   end record;
   for Word'Size use 16;

   type Mask is array (0 .. 15) of Boolean;
   pragma Pack (Mask);
   type Digit is range 0 .. 15;
   type Decimal is array (0 .. 7) of Digit;
   for Decimal'Component_Size use 4;

   function Excess (L : Limit; X : Long_Float) return Long_Float;
   pragma Export (Ada, Excess, Link_Name => "ada_records__excess");

   procedure Become (L : in out Limit; New_Kind : Kind);
   pragma Export (Ada, Become, Link_Name => "ada_records__become");

   function Standard (N : Natural) return Limit;
   pragma Export (Ada, Standard, Link_Name => "ada_records__standard");

   procedure Advance (T : in out Track; By : Long_Float);
   pragma Export (Ada, Advance, Link_Name => "ada_records__advance");

   procedure Swap (P : in out Pair);
   pragma Export (Ada, Swap, Link_Name => "ada_records__swap");

   procedure Load
     (B : in out Battery; Amount : Ampere_Hour; Full : out Boolean);
   pragma Export (Ada, Load, Link_Name => "ada_records__load");

   function Decode (W : Unsigned_16) return Word;
   pragma Export (Ada, Decode, Link_Name => "ada_records__decode");

   function Encode (W : Word) return Unsigned_16;
   pragma Export (Ada, Encode, Link_Name => "ada_records__encode");

   function Ones (M : Mask) return Natural;
   pragma Export (Ada, Ones, Link_Name => "ada_records__ones");

   function Number (D : Decimal) return Integer_64;
   pragma Export (Ada, Number, Link_Name => "ada_records__number");

   function Cross (A, B : Vector) return Vector;
   pragma Export (Ada, Cross, Link_Name => "ada_records__cross");
end Impl;
