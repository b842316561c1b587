package body Memory is
   function M_Vol return Vol is (1, 2);
   function M_Vol_F (X : Long_Float) return Vol is (Integer (X), 2);
   function M_Vol_I (X : Integer) return Vol is (X, 2);
   function M_Vol_Part return Vol_Part is (3, 4);
   function M_Vol_Row return Vol_Row is (5, 6);
   function M_Vol_Items return Vol_Items is (7, 8);
   function M_Vol_Ints return Vol_Ints is (9, 10);
   function M_Vol_In return Vol_In is (V => (11, 12), Z => 13);
   function M_Vol_C return Vol_C is (1.5, 2.5);
   function M_Atom return Atom is (14, 15);
   function M_Atom_In return Atom_In is (16, 17);
   function M_Def return Def is (1, 18, 19);
   function M_Def_F (X : Long_Float) return Def is (1, Integer (X), 19);
   function M_Def_I (X : Integer) return Def is (1, X, 19);
   function M_Def_C return Def_C is (True, 3.5);
   function M_Def_In return Def_In is (A => (1, 20, 21));
   function M_Def_Deep return Def_Deep is (D => (A => (0, 22)), I => 5);
   function M_Def_Row return Def_Row is (1 => (1, 23, 24));
   function R_Def_One return Def_One is (1, 25, 26);
   function R_Same return Same is (True, 4.5);
   function R_Plain return Plain is (True, 27);
   function R_Fixed return Fixed is (28, 29);
   function R_Row return Row is (5.5, 6.5);
   function R_Over return Over is (True, 7.5);
   function R_Vol_Int return Vol_Int is (30);
   function R_Atom_Int return Atom_Int is (31);
   procedure P_Vol (X : in out Vol_Int; Y : out Atom_Int) is
   begin
      X := X + 1;
      Y := 32;
   end P_Vol;
   function F_Def (X : out Integer) return Def is
   begin
      X := 33;
      return (1, 34, 35);
   end F_Def;
   function F_Vol (X : out Integer) return Vol is
   begin
      X := 36;
      return (37, 38);
   end F_Vol;
end Memory;
