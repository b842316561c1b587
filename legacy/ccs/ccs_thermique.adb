--  ccs_thermique.adb
package body CCS_Thermique is

   Sccs_Id : constant String := "@(#)ccs_thermique.adb 1.6 98/12/14 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_thermique_sccs_id");

   function Rapport_Cyclique
     (L : Loi; T : Long_Float; Allume : Boolean) return Long_Float is
   begin
      case L.Genre is
         when Coupee =>
            return 0.0;
         when Tout_Ou_Rien =>
            if T <= L.Seuil_Bas or else (Allume and then T < L.Seuil_Haut) then
               return 1.0;
            end if;
            return 0.0;
         when Proportionnelle =>
            return Long_Float'Max
              (0.0, Long_Float'Min (L.Cycle_Max, L.Gain * (L.Consigne - T)));
      end case;
   end Rapport_Cyclique;

   procedure Reguler
     (T         : Vecteur;
      L         : Lois;
      Chauffe   : in out Lignes;
      Puissance : out Long_Float)
   is
      Total : Long_Float := 0.0;

      --  Voit T, L et Chauffe de la procédure englobante
      procedure Une_Ligne (Rang : Natural) is
         Numero : constant Numero_Ligne := Rang + 1;
         Taux   : constant Long_Float := Rapport_Cyclique
           (L (L'First + Rang), T (T'First + Rang), Chauffe (Numero));
      begin
         Chauffe (Numero) := Taux > 0.0;
         Total := Total + Taux * L (L'First + Rang).Puissance;
      end Une_Ligne;
   begin
      if T'Length /= L'Length or else L'Length > Nb_Lignes then
         raise Loi_Invalide with "lois" & Integer'Image (L'Length);
      end if;
      for Rang in 0 .. L'Length - 1 loop
         Une_Ligne (Rang);
      end loop;
      Puissance := Total;
   end Reguler;

   function Milieu (L : Loi) return Long_Float is
   begin
      case L.Genre is
         when Coupee          => raise Loi_Invalide with "ligne coupee";
         when Tout_Ou_Rien    => return 0.5 * (L.Seuil_Bas + L.Seuil_Haut);
         when Proportionnelle => return L.Consigne;
      end case;
   end Milieu;

   procedure Convertir (L : in out Loi; Genre : Genre_Loi) is
      W : constant Long_Float := L.Puissance;
      M : Long_Float;
   begin
      case Genre is
         when Coupee =>
            L := (Coupee, W);
         when Tout_Ou_Rien =>
            M := Milieu (L);
            L := (Tout_Ou_Rien, W, M - 1.5, M + 1.5);
         when Proportionnelle =>
            M := Milieu (L);
            L := (Proportionnelle, W, M, 0.4, 0.8);
      end case;
   end Convertir;

   function Allumees (Chauffe : Lignes) return Vecteur is
      V : Vecteur (1 .. Nb_Lignes);
      N : Natural := 0;
   begin
      for I in Chauffe'Range loop
         if Chauffe (I) then
            N := N + 1;
            V (N) := Long_Float (I);
         end if;
      end loop;
      return V (1 .. N);
   end Allumees;

end CCS_Thermique;
