--  ccs_senseurs.adb
with Ada.Numerics.Elementary_Functions;
package body CCS_Senseurs is

   Sccs_Id : constant String := "@(#)ccs_senseurs.adb 1.7 99/03/15 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_senseurs_sccs_id");

   Solaire : aliased Senseur :=
     (Degre => 3, Nom => "SOLAIRE ", Plage => 60.0,
      Coef => (0.02, 31.4, -0.11, 1.85));
   Stellaire : aliased Senseur :=
     (Degre => 5, Nom => "STELLAIR", Plage => 8.0,
      Coef => (-0.003, 3.92, 0.0, 0.041, 0.0, -0.0012));

   function Par_Nom (Nom : String) return Senseur_Access is
   begin
      if Nom = "SOLAIRE" then
         return Solaire'Access;
      elsif Nom = "STELLAIRE" then
         return Stellaire'Access;
      else
         return null;
      end if;
   end Par_Nom;

   function Etalonner (S : Senseur; Brut : Long_Float) return Long_Float is
      Angle : constant Long_Float := Polynomes.Valeur (S.Coef, Brut);
   begin
      if not (abs Angle <= S.Plage) then
         raise Hors_Plage with S.Nom;
      end if;
      return Angle;
   end Etalonner;

   function Etalonner (S : Senseur; Bruts : Vecteur) return Vecteur is
      Angles : Vecteur (Bruts'Range);
   begin
      for I in Bruts'Range loop
         begin
            Angles (I) := Etalonner (S, Bruts (I));
         exception
            when Hors_Plage =>
               Angles (I) := Long_Float'Copy_Sign (S.Plage, Bruts (I));
         end;
      end loop;
      return Angles;
   end Etalonner;

   procedure Inverser
     (S : Senseur; Angle : Long_Float; Brut : out Long_Float; Ok : out Boolean)
   is
      X : Long_Float := 0.0;
   begin
      Polynomes.Racine (S.Coef, Angle, X, Ok);
      Brut := X;
   end Inverser;

   procedure Regression
     (V : Vecteur; Pente : out Float; Residu : out Float)
   is
      --  instance locale : elle voit V
      generic
         with function Terme (I : Integer) return Float;
      function Somme return Float;

      function Somme return Float is
         S : Float := 0.0;
      begin
         for I in V'Range loop
            S := S + Terme (I);
         end loop;
         return S;
      end Somme;

      N     : constant Float := Float (V'Length);
      Rang  : constant Float := (Float (V'First) + Float (V'Last)) / 2.0;

      function Lu (I : Integer) return Float is (Float (V (I)));
      function Somme_Lus is new Somme (Lu);
      Moyenne : constant Float := (if V'Length > 0 then Somme_Lus / N else 0.0);

      function Croise (I : Integer) return Float is
        ((Float (I) - Rang) * (Float (V (I)) - Moyenne));
      function Carre (I : Integer) return Float is ((Float (I) - Rang) ** 2);
      function Reste (I : Integer) return Float is
        ((Float (V (I)) - Moyenne - Pente * (Float (I) - Rang)) ** 2);
      function Somme_Croises is new Somme (Croise);
      function Somme_Carres is new Somme (Carre);
      function Somme_Restes is new Somme (Reste);
   begin
      Pente  := 0.0;
      Residu := 0.0;
      if V'Length < 3 then
         return;
      end if;
      Pente  := Somme_Croises / Somme_Carres;
      Residu := Ada.Numerics.Elementary_Functions.Sqrt (Somme_Restes / (N - 2.0));
   end Regression;

end CCS_Senseurs;
