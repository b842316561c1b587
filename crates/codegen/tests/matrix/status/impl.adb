package body Impl is

   function Verify
     (X : Address_Of_Integer; Copy : Address_Of_Byte) return Verdict is
   begin
      if X.all < 0 then
         return Bad;
      end if;
      Copy.all := Unsigned_8 (X.all mod 256);
      if X.all > 255 then
         return Doubtful;
      end if;
      return Good;
   end Verify;

   function Root (X : Long_Float; Ier : Address_Of_Code) return Long_Float is
      N : Long_Float := 0.0;
   begin
      Ier.all := -1;
      if X < 0.0 then
         return 0.0;
      end if;
      while (N + 1.0) ** 2 <= X loop
         N := N + 1.0;
      end loop;
      Ier.all := 3 * Boolean'Pos (N * N < X);
      return N;
   end Root;

end Impl;
