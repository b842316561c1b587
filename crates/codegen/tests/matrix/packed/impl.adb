package body Impl is

   procedure Pack
     (P : out Packet; Tag : Integer_8; Value : Long_Float; Rank : Integer_16)
   is
   begin
      P := (Character'Val (Tag), Value, Rank);
   end Pack;

   function Unpack (P : Packets; N : Integer) return Long_Float is
      Sum : Long_Float := 0.0;
   begin
      for I in 0 .. N - 1 loop
         Sum := Sum + P (I).Value
           + Long_Float
               (Integer (P (I).Rank) + Character'Pos (P (I).Tag));
      end loop;
      return Sum;
   end Unpack;

   procedure Spread (S : in out Sparse; By : Integer) is
   begin
      S.A := S.A * Integer_16 (By);
      S.B := S.B * Long_Float (By);
      S.C := S.C * Integer_8 (By);
   end Spread;

end Impl;
