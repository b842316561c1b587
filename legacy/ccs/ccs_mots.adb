--  ccs_mots.adb
with Ada.Unchecked_Conversion;
package body CCS_Mots is

   function En_Etat is new Ada.Unchecked_Conversion (Mot16, Mot_Etat);
   function En_Mot is new Ada.Unchecked_Conversion (Mot_Etat, Mot16);

   function Decoder (Mot : Mot16) return Mot_Etat is
   begin
      case Mot and 16#F# is
         when 1 | 2 | 4 | 8 =>
            return En_Etat (Mot);
         when others =>
            raise Mot_Invalide with "senseur" & Mot16'Image (Mot and 16#F#);
      end case;
   end Decoder;

   function Coder (Etat : Mot_Etat) return Mot16 is
   begin
      return En_Mot (Etat);
   end Coder;

   function Bits_A_Un (M : Masque) return Natural is
      N : Natural := 0;
   begin
      for I in M'Range loop
         if M (I) then
            N := N + 1;
         end if;
      end loop;
      return N;
   end Bits_A_Un;

   function Parite (Mot : Mot32) return Boolean is
      M : Mot32 := Mot;
      P : Boolean := False;
   begin
      while M /= 0 loop
         P := not P;
         M := M and (M - 1);
      end loop;
      return P;
   end Parite;

   procedure Tourner (Mot : in out Mot32; Pas : Integer) is
      N : constant Natural := Pas mod 32;
   begin
      if N /= 0 then
         Mot := Mot * 2 ** N or Mot / 2 ** (32 - N);
      end if;
   end Tourner;

   function Valeur (M : Mot_Bcd) return Long_Integer is
      V : Long_Integer := 0;
   begin
      for I in M'Range loop
         if M (I) > 9 then
            raise Mot_Invalide with "chiffre" & Integer'Image (I);
         end if;
         V := 10 * V + Long_Integer (M (I));
      end loop;
      return V;
   end Valeur;

   --  Mots de poids fort en tête
   function Valeur (M : Mots; Signe : Boolean) return Long_Integer is
      V : Long_Integer := 0;
   begin
      for I in M'Range loop
         V := V * 65536 + Long_Integer (M (I));
      end loop;
      if Signe and then M'Length > 0 and then M (M'First) >= 16#8000# then
         V := V - 65536 ** M'Length;
      end if;
      return V;
   end Valeur;

   function Somme (M : Mots) return Mot16 is
      A, B : Natural := 0;
      procedure Ajouter (Octet : Natural) is
      begin
         A := (A + Octet) mod 255;
         B := (B + A) mod 255;
      end Ajouter;
   begin
      for I in M'Range loop
         Ajouter (Natural (M (I) / 256));
         Ajouter (Natural (M (I) mod 256));
      end loop;
      return Mot16 (B) * 256 + Mot16 (A);
   end Somme;

   function Suit
     (Recu    : Compteur_Bord;
      Attendu : in out Compteur_Bord;
      Perdus  : out Natural) return Boolean is
   begin
      Perdus  := (Recu - Attendu) mod 256;
      Attendu := (Recu + 1) mod 256;
      return Perdus = 0;
   end Suit;

   procedure Compter
     (M : Mots; Filtre : Mot16; Uns : out Natural; Zeros : out Natural)
   is
      function En_Masque is new Ada.Unchecked_Conversion (Mot16, Masque);
   begin
      Uns   := 0;
      Zeros := 0;
      for I in M'Range loop
         Uns   := Uns + Bits_A_Un (En_Masque (M (I) and Filtre));
         Zeros := Zeros + Bits_A_Un (En_Masque ((not M (I)) and Filtre));
      end loop;
   end Compter;

end CCS_Mots;
