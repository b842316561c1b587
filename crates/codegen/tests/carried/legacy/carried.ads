--  Tableaux et textes qui voyagent avec leurs bornes.
package Carried is

   type Vecteur is array (Integer range <>) of Long_Float;
   type Matrice is array (Positive range <>, Positive range <>) of Long_Float;
   type Rang is range 0 .. 100;
   type Octets is array (Rang range <>) of Short_Integer;

   --  Indice du plus grand, parmi ceux de V.
   function Indice_Max (V : Vecteur) return Integer;
   procedure Doubler (V : in out Vecteur);
   --  Debut, Debut + 1 ... Fin, aux memes indices.
   function Suite (Debut, Fin : Integer) return Vecteur;
   function Renverser (S : String) return String;
   --  Chaque element pese dix fois sa ligne et une fois sa colonne.
   function Peser (M : Matrice) return Long_Float;
   function Dernier (O : Octets) return Rang;
   procedure Mesurer (V : Vecteur; Somme : out Long_Float; Nombre : out Integer);

   --  Appels de Rust.
   function Hote_Indice (Premier, Dernier : Integer) return Integer;
   pragma Export (C, Hote_Indice, "carried_hote_indice");
   function Hote_Doubler return Integer;
   pragma Export (C, Hote_Doubler, "carried_hote_doubler");
   function Hote_Renverser (Fois : Integer) return Integer;
   pragma Export (C, Hote_Renverser, "carried_hote_renverser");
   function Hote_Mesurer return Integer;
   pragma Export (C, Hote_Mesurer, "carried_hote_mesurer");

   --  Le plus que la pile secondaire ait tenu.
   function Occupation return Long_Long_Integer;
   pragma Export (C, Occupation, "carried_occupation");

end Carried;
