package body Impl is

   function Present
     (By, Given : Address_Of_Float; P : Address_Of_Point) return Integer
   is
      K : Long_Float := 1.0;
   begin
      if By /= null then
         K := By.all;
      end if;
      if Given /= null then
         Given.all := 10.0 * K;
      end if;
      if P /= null then
         P.X := P.X + K;
      end if;
      return Boolean'Pos (By /= null) + 2 * Boolean'Pos (Given /= null)
        + 4 * Boolean'Pos (P /= null);
   end Present;

end Impl;
