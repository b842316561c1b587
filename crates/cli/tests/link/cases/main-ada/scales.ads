package Scales is
   function Scale (X : Integer) return Integer;
end Scales;
