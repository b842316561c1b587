with Ada.Text_IO; use Ada.Text_IO;
with Ada_Scalars_Binding; use Ada_Scalars_Binding;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   function N (Value : Boolean) return String is
   begin
      return N (Integer'(Boolean'Pos (Value)));
   end N;

   function Scaled (X : Long_Float; By : Long_Float := 100.0) return String is
   begin
      return N (Integer (X * By));
   end Scaled;

   procedure Try_Filter (X, M : Long_Float) is
      Value  : Long_Float := X;
      Memory : Long_Float := M;
      Jump   : Boolean;
   begin
      Filter (Value, Memory, 0.5, Jump);
      Put_Line ("filter" & Scaled (Value) & Scaled (Memory) & N (Jump));
   end Try_Filter;

   procedure Try_Follows (Received, Before : Natural) is
      Expected : Natural := Before;
      Lost     : Natural;
      Result   : Boolean;
   begin
      Follows (Received, Expected, Lost, Result);
      Put_Line ("follows" & N (Result) & N (Expected) & N (Lost));
   end Try_Follows;

   procedure Try_Advance
     (Alarm : Boolean; Before : Ada_Scalars_Binding.Mode)
   is
      State   : Ada_Scalars_Binding.Mode := Before;
      Changed : Boolean;
   begin
      Advance (Alarm, State, Changed);
      Put_Line
        ("advance" & N (Integer'(Ada_Scalars_Binding.Mode'Pos (State)))
         & N (Changed));
   end Try_Advance;

   --  The value that represents a literal
   function Image (E : Equipment) return String is
   begin
      case E is
         when Off     => return " 1";
         when Standby => return " 2";
         when On      => return " 4";
         when Failed  => return " 8";
      end case;
   end Image;

   procedure Try_Command (Angle : Long_Float) is
      Status : Integer;
   begin
      Command (Angle, Status);
      Put_Line ("command" & N (Status));
   exception
      when Failure : Ada_Scalars_Binding.Error =>
         Put_Line ("command" & N (Code (Failure)));
   end Try_Command;

   Part, Whole, X : Long_Float;
   Rest, Slope    : Float;
   Counter        : Natural := 7;
begin
   Try_Filter (2.0, 1.0);
   Try_Filter (10.0, 1.0);
   Try_Follows (5, 5);
   Try_Follows (9, 6);
   Ada_Scalars_Binding.Slope (1.0, 2.0, Slope, Rest);
   Put_Line
     ("slope" & Scaled (Long_Float (Slope)) & Scaled (Long_Float (Rest)));
   Split (2.25, Whole, Part);
   Put_Line ("split" & Scaled (Whole) & Scaled (Part));
   Try_Advance (False, Acquisition);
   Try_Advance (True, Normal);
   Try_Advance (True, Survival);
   Step (Counter, 5);
   Put_Line ("step" & N (Counter));
   Measure (2, X);
   Put_Line ("measure" & Scaled (X));
   Put_Line
     ("next" & Image (Next (Off)) & Image (Next (Standby)) & Image (Next (On))
      & Image (Next (Failed)));
   Put_Line
     ("code" & Scaled (Long_Float (The_Code (1.25)), 128.0)
      & Scaled (Long_Float (The_Code (-1000.0)), 128.0));
   Put_Line ("decode" & Scaled (Decode (1.25, 10.0), 100_000.0));
   Try_Command (45.0);
   Try_Command (91.0);
   Try_Command (-1.0);

   --  What is outside a subtype is refused before the call, or after
   begin
      Step (Counter, -100);
      Put_Line ("step" & N (Counter));
   exception
      when Constraint_Error => null;
   end;
end Host;
