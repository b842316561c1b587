with System;
--  Types of the generated subprograms: every shape that GNAT passes in a way of its own.
package Prelude is
   procedure Log (Param : Integer; Data : System.Address; Bytes : Long_Integer);
   pragma Import (C, Log, "log_bits");
   procedure Fill (Param : Integer; Data : System.Address; Bytes : Long_Integer);
   pragma Import (C, Fill, "fill_bits");

   type I8 is range -128 .. 127;
   type I16 is range -32768 .. 32767;
   type U8 is mod 2 ** 8;
   type U16 is mod 2 ** 16;
   type U32 is mod 2 ** 32;
   type U64 is mod 2 ** 64;
   type Seven is mod 7;
   type Mode is (Off, Standby, Nominal, Safe);
   type Coded is (Zero, Ten, Big);
   for Coded use (Zero => 0, Ten => 10, Big => 1000);
   type Negative is (Low, High);
   for Negative use (Low => -3, High => 200);
   subtype Percent is Integer range 0 .. 100;
   type Volt is delta 0.125 range -1000.0 .. 1000.0;
   type Money is delta 0.01 digits 12;
   type Wide_Bool is new Boolean;
   for Wide_Bool'Size use 32;
   type Code is access function (X : Integer) return Integer;

   type Pair is record X, Y : Float; end record;
   type Mixed is record A : Long_Float; B : Integer; C : Character; end record;
   type Large is record A : Integer; B : Long_Float; M : Mode; V : Volt; D : Boolean; end record;
   type Tiny is record A, B : I8; end record;
   type Half is record A : Float; B : I16; end record;
   type Bits_Record is record F1 : Boolean; F2 : Seven; F4 : Mode; F3 : U16; end record;
   for Bits_Record use record
      F1 at 0 range 0 .. 0; F2 at 0 range 1 .. 3; F4 at 0 range 4 .. 5; F3 at 2 range 0 .. 15;
   end record;
   for Bits_Record'Size use 32;
   type Packed_Record is record A : U8; B : Integer; C : Long_Float; end record;
   pragma Pack (Packed_Record);
   type C_Record is record A : Integer; B : Long_Float; end record;
   pragma Convention (C, C_Record);
   type C_Copy is record A : Long_Float; B : Float; C : Long_Float; end record;
   pragma Convention (C_Pass_By_Copy, C_Copy);
   type Kind is (Circle, Square, Nothing);
   type Shape (K : Kind := Nothing) is record
      Id : Integer;
      case K is
         when Circle => Radius : Long_Float; Filled : Boolean;
         when Square => Side : Float;
         when Nothing => null;
      end case;
   end record;
   type Fixed_Shape (K : Kind) is record
      case K is
         when Circle | Square => Radius : Long_Float;
         when others => N : Integer;
      end case;
   end record;
   type Small_Shape (B : Boolean := False) is record
      case B is
         when True => X : Float;
         when False => Y : Float;
      end case;
   end record;
   type Object is tagged record N : Integer; end record;
   type Buffer (Max : Positive) is record
      Len : Natural := 0;
      Data : String (1 .. Max);
   end record;
   Some_Object : Object := (N => 7);

   type Vector is array (1 .. 3) of Long_Float;
   type Short_Array is array (Mode) of I16;
   type Float_Pair is array (1 .. 2) of Float;
   type Matrix is array (1 .. 2, 1 .. 3) of Integer;
   type Bit_Array is array (0 .. 31) of Boolean;
   pragma Pack (Bit_Array);
   type Nib is mod 16;
   type Nibbles is array (0 .. 5) of Nib;
   pragma Pack (Nibbles);
   type Long_Bits is array (1 .. 100) of Boolean;
   pragma Pack (Long_Bits);
   type Pairs is array (1 .. 2) of Pair;

   type U_Long is array (Integer range <>) of Long_Float;
   type U_Byte is array (U8 range <>) of I16;
   type U_Word is array (U16 range <>) of Pair;
   type U_Enum is array (Mode range <>) of Integer;
   type U_Far is array (Long_Long_Integer range <>) of Float;
   type U_Matrix is array (Integer range <>, Positive range <>) of Float;
   type Text_Access is access all String;
   type Large_Access is access all Large;
   type Number_Access is access all Long_Float;
end Prelude;
