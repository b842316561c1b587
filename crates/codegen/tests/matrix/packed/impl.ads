with Interfaces; use Interfaces;

package Impl is
   pragma Elaborate_Body;

   type Packet is record
      Tag   : Character;
      Value : Long_Float;
      Rank  : Integer_16;
   end record;
   for Packet use record
      Tag   at 0 range 0 .. 7;
      Value at 1 range 0 .. 63;
      Rank  at 9 range 0 .. 15;
   end record;
   for Packet'Size use 88;
   for Packet'Alignment use 1;
   pragma Convention (C, Packet);

   type Sparse is record
      A : Integer_16;
      B : Long_Float;
      C : Integer_8;
   end record;
   for Sparse use record
      A at 8 range 0 .. 15;
      B at 24 range 0 .. 63;
      C at 33 range 0 .. 7;
   end record;
   pragma Convention (C, Sparse);

   --  As many elements as the caller says
   type Packets is array (0 .. 2 ** 24 - 1) of Packet;

   procedure Pack
     (P : out Packet; Tag : Integer_8; Value : Long_Float; Rank : Integer_16);
   pragma Export (C, Pack, "packed_pack");

   function Unpack (P : Packets; N : Integer) return Long_Float;
   pragma Export (C, Unpack, "packed_unpack");

   procedure Spread (S : in out Sparse; By : Integer);
   pragma Export (C, Spread, "packed_spread");
end Impl;
