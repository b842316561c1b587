package Rates is
   function Rate return Integer;
   --  Set when the package is elaborated
   Factor : Integer := 0;
end Rates;
