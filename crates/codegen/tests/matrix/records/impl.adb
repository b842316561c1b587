package body Impl is

   function Norm (P : Point) return Long_Float is
   begin
      return P.X ** 2 + P.Y ** 2;
   end Norm;

   function Middle (A, B : Point) return Point is
   begin
      return ((A.X + B.X) / 2.0, (A.Y + B.Y) / 2.0);
   end Middle;

   function Later (D : Date; Dt : Long_Float) return Date is
      Result : Date := (D.Day, D.Sec + Dt);
   begin
      while Result.Sec >= 86400.0 loop
         Result := (Result.Day + 1, Result.Sec - 86400.0);
      end loop;
      return Result;
   end Later;

   function Through (A, B : Point) return Line is
      Slope : constant Long_Float := (B.Y - A.Y) / (B.X - A.X);
   begin
      return (Float (Slope), Float (A.Y - Slope * A.X));
   end Through;

   function Wider (R : Span; By : Integer) return Span is
   begin
      return (R.First - Integer_64 (By), R.Last + Integer_64 (By));
   end Wider;

   function Cross (A, B : Vector) return Vector is
   begin
      return
        (A.Y * B.Z - A.Z * B.Y, A.Z * B.X - A.X * B.Z,
         A.X * B.Y - A.Y * B.X);
   end Cross;

   function Widen (L : Limits; By : Long_Float) return Limits is
      Result : Limits := L;
   begin
      for I in Result.V'Range loop
         Result.V (I) := Result.V (I) + Long_Float (I - 3) * By;
      end loop;
      return Result;
   end Widen;

   function Spill
     (A, B : Span; K : Integer; C : Span; D : Date) return Integer_64 is
   begin
      return A.First + 10 * A.Last + 100 * B.First + 1000 * B.Last
        + 10_000 * Integer_64 (K) + 100_000 * (C.First + C.Last)
        + 1_000_000 * Integer_64 (D.Day)
        + Integer_64 (Long_Float'Truncation (D.Sec));
   end Spill;

   procedure Advance
     (T : in out Track; Step : Address_Of_Point; Copy : Address_Of_Point) is
   begin
      Copy.all := Step.all;
      T.From := (T.From.X + Step.X, T.From.Y + Step.Y);
      T.Moment.Day := T.Moment.Day + 1;
      T.Code := -T.Code;
      T.Rank := 10 * T.Rank;
      T.Weight := T.Weight / 2.0;
   end Advance;

end Impl;
