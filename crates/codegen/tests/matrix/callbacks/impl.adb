package body Impl is

   --  The rule of the middles: exact for straight lines
   function Integrate
     (F        : Integrand;
      User     : System.Address;
      From, To : Long_Float;
      Steps    : Integer) return Long_Float
   is
      Width : constant Long_Float := (To - From) / Long_Float (Steps);
      Sum   : Long_Float := 0.0;
   begin
      for I in 0 .. Steps - 1 loop
         Sum := Sum + Width * F (From + (Long_Float (I) + 0.5) * Width, User);
      end loop;
      return Sum;
   end Integrate;

   function Each
     (Values : Address_Of_Integers;
      N      : Integer;
      Visit  : Visitor;
      User   : System.Address) return Integer is
   begin
      for I in 0 .. N - 1 loop
         if Visit (I + 1, Values (I)'Access, User) /= 0 then
            return I;
         end if;
      end loop;
      return N;
   end Each;

end Impl;
