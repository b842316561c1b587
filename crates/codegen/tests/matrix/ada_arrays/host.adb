with Ada.Text_IO; use Ada.Text_IO;
with Ada_Arrays_Binding; use Ada_Arrays_Binding;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   function Scaled (X : Long_Float) return String is
   begin
      return N (Integer (X * 100.0));
   end Scaled;

   --  The caller's own type, from any bounds
   type Vecteur is array (Positive range <>) of Long_Float;
   V     : constant Vecteur (5 .. 8) := (1.0, 2.0, 2.5, 1.0);
   W     : constant Long_Float_Array (-3 .. -3) := (others => 2.0);
   Empty : constant Long_Float_Array (5 .. 4) := (others => 0.0);
   S     : Long_Float_Array (100 .. 102) := (1.0, 2.0, 3.0);
   I     : Integer_Array (-2 .. 1);
   M     : constant Long_Float_Matrix (2 .. 3, -1 .. 1) :=
     ((1.5, 2.5, 3.5), (4.5, 5.5, 21.5));
   Octet : constant Unsigned_8_Array_By_Unsigned_8 (250 .. 255) :=
     (others => 255);
   Seven : constant Unsigned_8_Array_By_Unsigned_8 (0 .. 0) := (others => 7);
   T     : String (21 .. 25);
   None  : String (1 .. 0);
begin
   Put_Line
     ("sum" & Scaled (Sum (Long_Float_Array (V))) & Scaled (Sum (W))
      & Scaled (Sum (Empty)));
   Put_Line
     ("greatest" & N (Greatest (Long_Float_Array (V))) & N (Greatest (W))
      & N (Greatest (Empty)));
   Scale (S, 2.5);
   Put_Line ("scale" & Scaled (S (100)) & Scaled (S (101)) & Scaled (S (102)));
   Number (I);
   Put_Line ("number" & N (I (-2)) & N (I (-1)) & N (I (0)) & N (I (1)));
   Upper ("debut du jour", T);
   Put ("upper [" & T & "] [");
   Upper ("abc", T);
   Upper ("x", None);
   Put_Line (T & "] [" & None & "]");
   Put_Line ("tally" & N (Tally ('e', "deuxieme")) & N (Tally ('e', "")));
   Put_Line ("moment" & Scaled (Moment (M)));
   Put_Line
     ("checksum" & N (Checksum (Octet)) & N (Checksum (Seven))
      & N (Checksum (Octet (2 .. 1))));
   Put_Line
     ("apart" & Scaled (Apart (1, 2, Long_Float_Array (V), 4, W, 8)));
end Host;
