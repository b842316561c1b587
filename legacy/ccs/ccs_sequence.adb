--  ccs_sequence.adb
with Ada.Exceptions; use Ada.Exceptions;
package body CCS_Sequence is

   Sccs_Id : constant String := "@(#)ccs_sequence.adb 1.5 99/09/27 CMP CCS";
   pragma Export (C, Sccs_Id, "ccs_sequence_sccs_id");

   Nb_Tuyeres   : constant := 4;
   Poussee_Max  : constant := 1200;
   Duree_Max    : constant := 6000;
   Propulsion   : constant Equipement := 4;
   Par_Commande : constant := 3;

   function Une_Commande (Code, Delai, Argument : Mot16) return Commande is
      A : Masque := (others => False);
   begin
      case Code is
         when 16#11# =>
            return (Allumer, Natural (Delai), Equipement (Argument));
         when 16#12# =>
            return (Eteindre, Natural (Delai), Equipement (Argument));
         when 16#20# =>
            return (Attendre, Natural (Delai));
         when 16#31# =>
            --  centièmes de degré, complément à deux
            return (Orienter, Natural (Delai),
                    Angle (Long_Float (Valeur ((1 => Argument), True)) / 100.0));
         when 16#42# =>
            for I in 0 .. Nb_Tuyeres - 1 loop
               A (I) := (Argument / 2 ** (12 + I)) mod 2 = 1;
            end loop;
            return (Pousser, Natural (Delai), Natural (Argument mod 4096), A);
         when others =>
            raise Sequence_Invalide with "code" & Mot16'Image (Code);
      end case;
   end Une_Commande;

   function Decoder (M : Mots) return Sequence is
      S : Sequence (1 .. M'Length / Par_Commande);
      K : Positive;
   begin
      if M'Length mod Par_Commande /= 0 then
         raise Sequence_Invalide with "longueur" & Integer'Image (M'Length);
      end if;
      for I in S'Range loop
         K := M'First + Par_Commande * (I - 1);
         S (I) := Une_Commande (M (K), M (K + 1), M (K + 2));
      end loop;
      return S;
   exception
      when Constraint_Error =>
         raise Sequence_Invalide with "argument";
   end Decoder;

   function Duree (S : Sequence) return Natural is
      Total : Natural := 0;
   begin
      for I in S'Range loop
         Total := Total + S (I).Delai;
         if S (I).Code = Pousser then
            Total := Total + S (I).Duree;
         end if;
      end loop;
      return Total;
   end Duree;

   procedure Verifier
     (S : Sequence; Rang : out Natural; Motif : out Motif_Refus)
   is
      Allumes  : Masque := (others => False);
      Oriente  : Boolean := False;
      Courante : Natural := 0;

      --  Remonte jusqu'à Verifier, à travers Appliquer
      procedure Exiger (Condition : Boolean; Sinon : Motif_Refus) is
      begin
         if not Condition then
            raise Sequence_Invalide with Motif_Refus'Image (Sinon);
         end if;
      end Exiger;

      procedure Appliquer (C : Commande) is
      begin
         case C.Code is
            when Allumer =>
               Exiger (not Allumes (C.Numero - 1), Deja_Allume);
               Allumes (C.Numero - 1) := True;
            when Eteindre =>
               Exiger (Allumes (C.Numero - 1), Eteint);
               Allumes (C.Numero - 1) := False;
            when Attendre =>
               null;
            when Orienter =>
               Oriente := True;
            when Pousser =>
               Exiger (Bits_A_Un (C.Tuyeres) > 0, Sans_Tuyeres);
               Exiger (C.Duree <= Poussee_Max, Poussee_Longue);
               Exiger (Allumes (Propulsion - 1), Eteint);
               Exiger (Oriente, Sans_Orientation);
         end case;
      end Appliquer;
   begin
      Rang  := 0;
      Motif := Aucun;
      for I in S'Range loop
         Courante := I - S'First + 1;
         Appliquer (S (I));
      end loop;
      Courante := S'Length;
      Exiger (Duree (S) <= Duree_Max, Trop_Longue);
   exception
      when E : Sequence_Invalide =>
         Rang  := Courante;
         Motif := Motif_Refus'Value (Exception_Message (E));
   end Verifier;

   function Image (C : Commande) return String is
      Debut : constant String :=
        "+" & Natural'Image (C.Delai) & " " & Code_Commande'Image (C.Code);
   begin
      case C.Code is
         when Allumer | Eteindre =>
            return Debut & Integer'Image (C.Numero);
         when Attendre =>
            return Debut;
         when Orienter =>
            return Debut & Angle'Image (C.Lacet);
         when Pousser =>
            return Debut & Natural'Image (C.Duree) & " s,"
              & Natural'Image (Bits_A_Un (C.Tuyeres)) & " tuyeres";
      end case;
   end Image;

end CCS_Sequence;
