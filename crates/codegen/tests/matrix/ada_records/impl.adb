with Ada.Unchecked_Conversion;

package body Impl is

   function Excess (L : Limit; X : Long_Float) return Long_Float is
   begin
      case L.Of_Kind is
         when None =>
            return 0.0;
         when Band =>
            if X > L.Most then
               return X - L.Most;
            end if;
            return Long_Float'Min (X - L.Least, 0.0);
         when Low =>
            return Long_Float'Min (X - L.Threshold, 0.0);
         when High =>
            return Long_Float'Max (X - L.Threshold, 0.0);
         when State =>
            return X - Long_Float (L.Value);
      end case;
   end Excess;

   procedure Become (L : in out Limit; New_Kind : Kind) is
   begin
      if not L'Constrained and then L.Of_Kind = Band and then New_Kind = Low
      then
         L := (Low, L.Persistence, (L.Least + L.Most) / 2.0);
      end if;
   end Become;

   function Standard (N : Natural) return Limit is
   begin
      if N mod 2 = 1 then
         return (State, 2, N);
      end if;
      return (Band, 2, -Long_Float (N) / 2.0, Long_Float (N) * 1.5);
   end Standard;

   procedure Advance (T : in out Track; By : Long_Float) is
   begin
      for I in T.Position'Range loop
         T.Position (I) := T.Position (I) + By;
      end loop;
      T.Rank := T.Rank + 1;
      T.Name := "SPOT5   ";
      T.Valid := True;
   end Advance;

   procedure Swap (P : in out Pair) is
   begin
      P := (P.Second, P.First);
   end Swap;

   procedure Load
     (B : in out Battery; Amount : Ampere_Hour; Full : out Boolean) is
   begin
      B.Charge := B.Charge + Amount;
      B.Discharging := False;
      Full := B.Charge >= 2.0;
      if Full then
         B.Charge := 2.0;
         B.Cycles := B.Cycles + 1;
      end if;
   end Load;

   function Decode (W : Unsigned_16) return Word is
      function To_Word is new Ada.Unchecked_Conversion (Unsigned_16, Word);
   begin
      return To_Word (W);
   end Decode;

   function Encode (W : Word) return Unsigned_16 is
      function To_Bits is new Ada.Unchecked_Conversion (Word, Unsigned_16);
   begin
      return To_Bits (W);
   end Encode;

   function Ones (M : Mask) return Natural is
      Result : Natural := 0;
   begin
      for I in M'Range loop
         Result := Result + Boolean'Pos (M (I));
      end loop;
      return Result;
   end Ones;

   function Number (D : Decimal) return Integer_64 is
      Result : Integer_64 := 0;
   begin
      for I in reverse D'Range loop
         Result := 10 * Result + Integer_64 (D (I));
      end loop;
      return Result;
   end Number;

   function Cross (A, B : Vector) return Vector is
   begin
      return
        (A (2) * B (3) - A (3) * B (2), A (3) * B (1) - A (1) * B (3),
         A (1) * B (2) - A (2) * B (1));
   end Cross;

end Impl;
