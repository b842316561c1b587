package body Scales is
   function Scale (X : Integer) return Integer is
   begin
      return X * 3;
   end Scale;
end Scales;
