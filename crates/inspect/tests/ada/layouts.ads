with Prelude; use Prelude;
--  A corpus of layouts, each used by a procedure so that the debug information has it.
package Layouts is
   type Angle is delta 0.01 range -180.0 .. 180.0;
   for Angle'Small use 0.01;
   type Third is delta 0.25 range 0.0 .. 10.0;
   type Pct is delta 0.01 digits 5;
   type Byte is range 0 .. 255;
   for Byte'Size use 8;
   type Tri is range 0 .. 7;
   type Big is range -2 ** 40 .. 2 ** 40;
   type Code is (A, B, C);
   for Code use (A => 1, B => 128, C => 255);
   type Chars is new Character range 'a' .. 'z';
   type Days is (Mon, Tue, Wed, Thu, Fri, Sat, Sun);
   subtype Work is Days range Mon .. Fri;
   type Flags is array (0 .. 7) of Boolean;
   pragma Pack (Flags);
   type Trits is array (1 .. 9) of Tri;
   pragma Pack (Trits);
   type Wide_Flags is array (0 .. 299) of Boolean;
   pragma Pack (Wide_Flags);

   type Header is record
      Version : Tri;
      Kind    : Days;
      Last    : Boolean;
      Length  : U16;
      Check   : Byte;
   end record;
   for Header use record
      Version at 0 range 0 .. 2;
      Kind    at 0 range 3 .. 6;
      Last    at 0 range 7 .. 7;
      Length  at 2 range 0 .. 15;
      Check   at 4 range 0 .. 7;
   end record;
   for Header'Size use 64;

   type Tight is record
      X : Byte; Y : Long_Float; Z : Tri; W : Boolean; F : Flags;
   end record;
   pragma Pack (Tight);
   type Nested is record
      H : Header; M : Mixed; V : Vector; S : String (1 .. 5); D : Days; Q : Angle;
   end record;
   type With_Flags is record
      N : Nibbles; C : Character; F : Flags; T : Trits; I : Integer;
   end record;
   type Command (D : Days := Mon) is record
      Delay_S : Natural;
      case D is
         when Mon | Wed => Number : Byte; Text : String (1 .. 3);
         when Tue => null;
         when Thu .. Sat => Value : Long_Float; Small : Tri;
         when Sun => Flag : Flags;
      end case;
   end record;
   type Link;
   type Link_Access is access Link;
   type Link is record Next : Link_Access; Value : Integer; Name : Text_Access; end record;
   type Aligned is record A : Byte; B : Integer; end record;
   for Aligned'Alignment use 16;

   procedure P1 (A : in out Header; B : in out Tight; C : in out Nested; D : in out With_Flags);
   procedure P2 (A : in out Command; B : in out Link; C : in out Aligned; D : in out Wide_Flags);
   procedure P3 (A : Angle; B : Third; C : Pct; D : Byte; E : Tri; F : Big; G : Code; H : Chars; I : Work; J : Days);
   procedure P4 (A : Flags; B : in out Trits; C : Large; D : Bits_Record; E : Packed_Record; F : Pair; G : Half);
   procedure P5 (A : in out Shape; B : Fixed_Shape; C : Small_Shape; D : C_Record; E : in out Tiny; F : Long_Bits; G : Volt; H : Money);
end Layouts;
