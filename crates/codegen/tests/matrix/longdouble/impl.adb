package body Impl is

   function Sum
     (X : Long_Long_Float; K : Integer; Y : Long_Long_Float)
      return Long_Long_Float is
   begin
      return X + Long_Long_Float (K) * Y;
   end Sum;

   procedure Add (X : in out Long_Long_Float; Y : Long_Float) is
   begin
      X := X + Long_Long_Float (Y);
   end Add;

   procedure Weigh (S : in out Sample) is
   begin
      S.Value := S.Value * Long_Long_Float (S.Weight);
      S.Weight := S.Weight / 2.0;
   end Weigh;

end Impl;
