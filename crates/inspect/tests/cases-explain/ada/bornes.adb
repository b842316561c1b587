package body Bornes is
   --  @expect bornes.verifier: +H321@bornes.adb:9 -H327
   --  @expect bornes.verifier_sans: -H321
   --  @expect BORNES.VERIFIER: +H321

   procedure Verifier (X : Integer) is
   begin
      if X > 10 then
         raise Hors_Bornes;
      end if;
   end Verifier;

   procedure Verifier_Sans (X : in out Integer) is
   begin
      if X > 10 then
         X := 10;
      end if;
   end Verifier_Sans;

   --  @expect bornes.somme.ajouter: +H327 no
   --  @expect bornes.somme: -H327

   function Somme (N : Integer) return Integer is
      Total : Integer := 0;
      procedure Ajouter (V : Integer);
      pragma No_Inline (Ajouter);
      procedure Ajouter (V : Integer) is
      begin
         if V > 0 then
            Total := Total + V;
            Ajouter (V - 2);
            Ajouter (V - 3);
         end if;
      end Ajouter;
   begin
      Ajouter (N);
      return Total;
   end Somme;
end Bornes;
