package body Hotes is

   function Cumuler (N, Poids : Integer) return Integer is
      Vus : Integer := 0;

      function Interne (X : Integer) return Integer;
      pragma No_Inline (Interne);
      function Interne (X : Integer) return Integer is
      begin
         Vus := Vus + 1;
         return X * Poids + Vus;
      end Interne;

      generic
         type T is range <>;
      function Somme (A, B : T) return Integer;
      function Somme (A, B : T) return Integer is
      begin
         Vus := Vus + 10;
         return Integer (A) + Integer (B) * Poids;
      end Somme;
      function Locale is new Somme (Integer);
      pragma No_Inline (Locale);

      R : Integer := Interne (N) * 1000;
   begin
      R := R + Locale (N, R);
      return R * 100 + Vus;
   end Cumuler;

   --  An exception that passes through a nested subprogram, and is handled in
   --  another: both work on the frame around them.
   function Essayer (N : Integer) return Integer is
      Reste : Integer := 1000;

      procedure Diviser (Par : Integer);
      pragma No_Inline (Diviser);
      procedure Diviser (Par : Integer) is
      begin
         Reste := Reste + 1;
         if Par = 0 then
            raise Constraint_Error;
         end if;
         Reste := Reste / Par;
      end Diviser;

      procedure Garder;
      pragma No_Inline (Garder);
      procedure Garder is
      begin
         Diviser (N);
      exception
         when Constraint_Error =>
            Reste := -Reste;
      end Garder;
   begin
      Garder;
      return Reste;
   end Essayer;
end Hotes;
