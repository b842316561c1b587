package body Paire is

   function Pas (X : Long_Float) return Long_Float is
   begin
      return X * 1.5 + 0.25;
   end Pas;

   function Combine (A, B, C, D : Long_Float) return Long_Float is
      S : constant Long_Float := Pas (A);
   begin
      return S + 2.0 * B + 3.0 * C + 5.0 * D;
   end Combine;

end Paire;
