with System.Address_To_Access_Conversions;
with System.Storage_Elements; use System.Storage_Elements;

package body Impl is

   package Pairs is new System.Address_To_Access_Conversions (Pair);

   procedure Swap (A, B : Address_Of_Pair) is
      C : constant Pair := A.all;
   begin
      A.all := B.all;
      B.all := C;
   end Swap;

   function Heaviest
     (List : Address_Of_Descriptor; Place : Address_Of_Integer)
      return Long_Float
   is
      D    : Dimension renames List.Dim (1);
      Most : Long_Float := Long_Float'First;
      X    : Long_Float;
   begin
      for I in 0 .. D.Upper - D.Lower loop
         X := Pairs.To_Pointer
           (List.Data + Storage_Offset (I * D.Stride * List.Span)).X;
         if X > Most then
            Most := X;
            if Place /= null then
               Place.all := Integer (I) + 1;
            end if;
         end if;
      end loop;
      return Most;
   end Heaviest;

   procedure Label
     (N : Address_Of_Integer; To : in out Text; To_Length : size_t)
   is
      Word : constant String := "n=" & Character'Val (48 + N.all);
   begin
      for I in 1 .. Natural (To_Length) loop
         if I <= Word'Length then
            To (I) := Word (I);
         else
            To (I) := ' ';
         end if;
      end loop;
   end Label;

   function Positive (X : Address_Of_Float) return Integer is
   begin
      return Boolean'Pos (X.all > 0.0);
   end Positive;

end Impl;
