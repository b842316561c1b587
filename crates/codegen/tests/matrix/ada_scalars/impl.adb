package body Impl is

   procedure Filter
     (Value, Memory : in out Long_Float;
      Gain          : Long_Float;
      Jump          : out Boolean) is
   begin
      Jump := abs (Value - Memory) > 5.0;
      if Jump then
         Memory := Value;
      else
         Memory := Memory + Gain * (Value - Memory);
      end if;
      Value := Memory;
   end Filter;

   function Follows
     (Received : Natural; Expected : Natural) return Follows_Result
   is
      Lost : constant Natural := Received - Expected;
   begin
      return (Lost = 0, Received + 1, Lost);
   end Follows;

   procedure Slope (A, B : Float; Slope : out Float; Rest : out Float) is
   begin
      Slope := B / A;
      Rest := A / 2.0;
   end Slope;

   procedure Split
     (X : Long_Float; Whole : out Long_Float; Part : out Long_Float) is
   begin
      Whole := Long_Float'Rounding (X);
      Part := X - Whole;
   end Split;

   procedure Advance
     (Alarm : Boolean; State : in out Mode; Changed : out Boolean)
   is
      Before : constant Mode := State;
   begin
      if Alarm then
         State := Survival;
      elsif State < Normal then
         State := Mode'Succ (State);
      end if;
      Changed := State /= Before;
   end Advance;

   procedure Step (Counter : in out Natural; By : Integer) is
   begin
      Counter := Counter + By;
   end Step;

   procedure Measure (Channel : Level; X : out Long_Float) is
   begin
      X := 273.15 + 10.0 * Long_Float (Channel);
   end Measure;

   function Next (E : Equipment) return Equipment is
   begin
      if E = Equipment'Last then
         return E;
      end if;
      return Equipment'Succ (E);
   end Next;

   function Code (X : Long_Float) return Volts is
   begin
      if X < Long_Float (Volts'First) then
         return Volts'First;
      end if;
      return Volts (X);
   end Code;

   function Decode (V : Volts; Loss : Percent) return Long_Float is
   begin
      return Long_Float (V) * (1.0 - Long_Float (Loss) / 100.0);
   end Decode;

   function Command (Angle : Long_Float) return Integer is
   begin
      if Angle < 0.0 then
         return -1;
      end if;
      return 2 * Boolean'Pos (Angle > 90.0);
   end Command;

end Impl;
