with System.Address_To_Access_Conversions;
with System.Storage_Elements; use System.Storage_Elements;

package body Impl is

   package Floats is new System.Address_To_Access_Conversions (Long_Float);
   package Integers is new System.Address_To_Access_Conversions (Integer);

   --  Where an element lies; a section may lie backwards or with gaps
   function Place
     (A : Address_Of_Descriptor; I : Integer_64; J : Integer_64 := 0)
      return System.Address
   is
      Elements : Integer_64 := I * A.Dim (1).Stride;
   begin
      if J > 0 then
         Elements := Elements + J * A.Dim (2).Stride;
      end if;
      return A.Data + Storage_Offset (Elements * A.Span);
   end Place;

   function Total (X, W : Address_Of_Descriptor) return Long_Float is
      Sum    : Long_Float := 0.0;
      Weight : Long_Float := 1.0;
   begin
      for I in 0 .. X.Dim (1).Upper - X.Dim (1).Lower loop
         if W /= null then
            Weight := Floats.To_Pointer (Place (W, I)).all;
         end if;
         Sum := Sum + Floats.To_Pointer (Place (X, I)).all * Weight;
      end loop;
      return Sum;
   end Total;

   procedure Ramp (X : Address_Of_Descriptor; First : Address_Of_Integer) is
   begin
      for I in 0 .. X.Dim (1).Upper - X.Dim (1).Lower loop
         Integers.To_Pointer (Place (X, I)).all := First.all + Integer (I);
      end loop;
   end Ramp;

   procedure Add (M : Address_Of_Descriptor; K : Address_Of_Float) is
   begin
      for J in 0 .. M.Dim (2).Upper - M.Dim (2).Lower loop
         for I in 0 .. M.Dim (1).Upper - M.Dim (1).Lower loop
            declare
               X : Long_Float renames Floats.To_Pointer (Place (M, I, J)).all;
            begin
               X := X + Long_Float (100 * (I + 1) + 10 * J) + K.all;
            end;
         end loop;
      end loop;
   end Add;

end Impl;
