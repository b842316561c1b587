package body Impl is

   function Simpson
     (F : Integrand; A, B : Address_Of_Float; N : Address_Of_Integer)
      return Long_Float
   is
      H   : constant Long_Float := (B.all - A.all) / Long_Float (2 * N.all);
      Sum : Long_Float := F (A) + F (B);
      X   : aliased Long_Float;
   begin
      for I in 1 .. 2 * N.all - 1 loop
         X := A.all + Long_Float (I) * H;
         Sum := Sum + Long_Float (2 + 2 * (I mod 2)) * F (X'Unchecked_Access);
      end loop;
      return Sum * H / 3.0;
   end Simpson;

   procedure Walk
     (G  : Field;
      Dt : Address_Of_Float;
      N  : Address_Of_Integer;
      X  : in out Vector)
   is
      T : aliased Long_Float;
      V : Vector;
   begin
      for I in 0 .. N.all - 1 loop
         T := Long_Float (I) * Dt.all;
         G (T'Unchecked_Access, V);
         for J in X'Range loop
            X (J) := X (J) + Dt.all * V (J);
         end loop;
      end loop;
   end Walk;

end Impl;
