with System.Address_To_Access_Conversions;

package body Called is

   package Long_Floats is
     new System.Address_To_Access_Conversions (Long_Float);
   package Integers is new System.Address_To_Access_Conversions (Integer);

   function Line (X : Long_Float; User : System.Address) return Long_Float is
   begin
      return X * Long_Floats.To_Pointer (User).all;
   end Line;

   function Add_Rank
     (Rank : Integer; Value : Integer_Access; User : System.Address)
      return Integer
   is
      Sum : Integer renames Integers.To_Pointer (User).all;
   begin
      if Rank > 3 then
         return 1;
      end if;
      Value.all := Value.all + Rank;
      Sum := Sum + Value.all;
      return 0;
   end Add_Rank;

end Called;
