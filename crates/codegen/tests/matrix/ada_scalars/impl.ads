package Impl is
   pragma Elaborate_Body;

   type Mode is (Launch, Acquisition, Normal, Survival);
   type Equipment is (Off, Standby, On, Failed);
   for Equipment use (Off => 1, Standby => 2, On => 4, Failed => 8);
   for Equipment'Size use 8;
   type Level is range 1 .. 8;
   for Level'Size use 8;
   type Volts is delta 1.0 / 128.0 range -256.0 .. 255.992_187_5;
   for Volts'Small use 1.0 / 128.0;
   for Volts'Size use 16;
   type Percent is delta 0.01 range -327.68 .. 327.67;
   for Percent'Small use 0.01;
   for Percent'Size use 16;

   procedure Filter
     (Value, Memory : in out Long_Float;
      Gain          : Long_Float;
      Jump          : out Boolean);
   pragma Export (Ada, Filter, Link_Name => "ada_scalars__filter");

   --  Ada 95 has no function with these parameters: it returns the record
   --  that GNAT would make of them.
   type Follows_Result is record
      Answer   : Boolean;
      Expected : Natural;
      Lost     : Natural;
   end record;
   function Follows
     (Received : Natural; Expected : Natural) return Follows_Result;
   pragma Export (Ada, Follows, Link_Name => "ada_scalars__follows");

   procedure Slope (A, B : Float; Slope : out Float; Rest : out Float);
   pragma Export (Ada, Slope, Link_Name => "ada_scalars__slope");

   procedure Split
     (X : Long_Float; Whole : out Long_Float; Part : out Long_Float);
   pragma Export (Ada, Split, Link_Name => "ada_scalars__split");

   procedure Advance
     (Alarm : Boolean; State : in out Mode; Changed : out Boolean);
   pragma Export (Ada, Advance, Link_Name => "ada_scalars__advance");

   procedure Step (Counter : in out Natural; By : Integer);
   pragma Export (Ada, Step, Link_Name => "ada_scalars__step");

   procedure Measure (Channel : Level; X : out Long_Float);
   pragma Export (Ada, Measure, Link_Name => "ada_scalars__measure");

   function Next (E : Equipment) return Equipment;
   pragma Export (Ada, Next, Link_Name => "ada_scalars__next");

   function Code (X : Long_Float) return Volts;
   pragma Export (Ada, Code, Link_Name => "ada_scalars__code");

   function Decode (V : Volts; Loss : Percent) return Long_Float;
   pragma Export (Ada, Decode, Link_Name => "ada_scalars__decode");

   function Command (Angle : Long_Float) return Integer;
   pragma Export (Ada, Command, Link_Name => "ada_scalars__command");
end Impl;
