package body Impl is

   function Next_Mode (M : Mode; Make_Safe : Unsigned_8) return Mode is
   begin
      if Make_Safe /= 0 then
         return Safe;
      elsif M = Off then
         return On;
      else
         return Off;
      end if;
   end Next_Mode;

   procedure Retune (H : Address_Of_Header; To : Integer) is
   begin
      H.Set_To := Gain ((To + 16) mod 32 - 16);
      H.Count := H.Count + Number (H.Of_Orbit);
      H.Channel := not H.Channel;
      H.Rate := -H.Rate;
      H.Ending := 9;
   end Retune;

   function Digest (H : Header) return Unsigned_32 is
   begin
      return Unsigned_32
        (Integer (H.Of_Format) + 10 * Integer (H.Of_Orbit)
         + 1000 * Integer (H.Channel) + Integer (H.Count)
         + Integer (H.Set_To) + Integer (H.Ending) + Integer (H.Rate));
   end Digest;

   function Inverse (W : Unsigned_32) return Unsigned_32 is
   begin
      return not W;
   end Inverse;

   procedure Set_Real (W : out Float; F : Float) is
   begin
      W := F;
   end Set_Real;

end Impl;
