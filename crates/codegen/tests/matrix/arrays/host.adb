with Ada.Exceptions; use Ada.Exceptions;
with Ada.Text_IO;    use Ada.Text_IO;
with Interfaces;     use Interfaces;
with Arrays;         use Arrays;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer_64) return String is
   begin
      if Value < 0 then
         return " " & Integer_64'Image (Value);
      end if;
      return Integer_64'Image (Value);
   end N;

   function N (Value : Integer) return String is
   begin
      return N (Integer_64 (Value));
   end N;

   function Scaled (X : Long_Float; By : Long_Float := 100.0) return String is
   begin
      return N (Integer (X * By));
   end Scaled;

   --  The caller's own types and bounds
   type Vecteur is array (Positive range <>) of Long_Float;
   A      : constant Vecteur (7 .. 9) := (1.0, 2.0, 3.0);
   B      : constant Vecteur (2 .. 4) := (4.0, 5.0, 6.0);
   C      : Long_Float_Array (-1 .. 1);
   Long   : Long_Float_Array (5 .. 7);
   M      : constant Long_Float_Matrix (1 .. 2, 11 .. 13) :=
     ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0));
   Sums   : Long_Float_Array (1 .. 2);
   Q      : Long_Float := 0.0;
   Text   : String (11 .. 15);
   Length : Integer;

   procedure Try_Parse (Text : String) is
      Value  : Integer := 99;
      Status : Integer;
   begin
      Parse (Text, Value, Status);
      Put_Line
        ("parse" & N (Status) & N (Value));
   exception
      when Failure : Arrays.Error =>
         Put_Line
           ("parse" & N (Code (Failure)) & N (Value));
   end Try_Parse;

   procedure Try_Divide (A, B : Long_Float) is
      Ier : Integer;
   begin
      Divide (A, B, Q, Ier);
      Put_Line ("divide" & N (Ier) & Scaled (Q));
   exception
      when Failure : Arrays.Error =>
         if Exception_Message (Failure) /= "Divide: status -1" then
            Put_Line (Exception_Message (Failure));
         end if;
         Put_Line ("divide" & N (Code (Failure)) & Scaled (Q));
   end Try_Divide;

begin
   Put_Line
     ("dot" & Scaled (Dot (Long_Float_Array (A), Long_Float_Array (B))));
   Fill (Long, 2.5);
   Put_Line
     ("fill" & Scaled (Long (5), 10.0) & Scaled (Long (6), 10.0)
      & Scaled (Long (7), 10.0));
   Put_Line ("window" & N (Window ((1, 2, 3, 4, 5), 3)));
   Row_Sums (M, Sums);
   Put_Line ("row_sums" & Scaled (Sums (1)) & Scaled (Sums (2)));
   Cross (Long_Float_Array (A), Long_Float_Array (B), C);
   Put_Line ("cross" & Scaled (C (-1)) & Scaled (C (0)) & Scaled (C (1)));
   Try_Parse ("42");
   Try_Parse ("7x");
   Try_Parse ("x");
   Try_Divide (3.0, 2.0);
   Try_Divide (0.0, 2.0);
   Try_Divide (1.0, 0.0);
   Stamp (Text, Length);
   Put_Line ("stamp" & N (Length) & " " & Text);

   --  What the contract says of extents is checked before the call
   begin
      Put_Line (Scaled (Dot (Long_Float_Array (A), Sums)));
   exception
      when Constraint_Error => null;
   end;
   begin
      Put_Line (N (Window ((1, 2, 3, 4), 3)));
   exception
      when Constraint_Error => null;
   end;
end Host;
