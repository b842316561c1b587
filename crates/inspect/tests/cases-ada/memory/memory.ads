--  Results of sixteen bytes and less: which of them GNAT returns through a hidden address, and which in registers.
package Memory is
   type Vol is record X, Y : Integer; end record with Volatile;
   type Vol_Part is record X : Integer; Y : Integer with Volatile; end record;
   type Vol_Row is array (1 .. 2) of Integer with Volatile;
   type Vol_Items is array (1 .. 2) of Integer with Volatile_Components;
   type Vol_Int is new Integer with Volatile;
   type Vol_Ints is array (1 .. 2) of Vol_Int;
   type Vol_In is record V : Vol; Z : Integer; end record;
   type Vol_C is record X, Y : Long_Float; end record with Volatile, Convention => C;
   type Atom is record X, Y : Integer; end record with Atomic;
   type Atom_Int is new Integer with Atomic;
   type Atom_In is record A : Atom_Int; Z : Integer; end record;
   type Def (N : Natural := 0) is record
      X : Integer;
      case N is
         when 0 => null;
         when others => Y : Integer;
      end case;
   end record;
   type Def_C (B : Boolean := False) is record
      case B is
         when True => F : Long_Float;
         when False => null;
      end case;
   end record with Convention => C;
   type Def_In is record A : Def; end record;
   type Def_Deep is record D : Def_In; I : Integer; end record;
   type Def_Row is array (1 .. 1) of Def;
   subtype Def_One is Def (1);
   type Same (B : Boolean := False) is record
      case B is
         when True => F : Float;
         when False => I : Integer;
      end case;
   end record;
   type Plain (B : Boolean := False) is record X : Integer; end record;
   type Fixed is record X, Y : Integer; end record;
   type Row is array (1 .. 2) of Float;
   type Over (K : Boolean := False) is record
      case K is
         when True => F : Float;
         when False => I : Integer;
      end case;
   end record with Unchecked_Union;

   function M_Vol return Vol;
   function M_Vol_F (X : Long_Float) return Vol;
   function M_Vol_I (X : Integer) return Vol;
   function M_Vol_Part return Vol_Part;
   function M_Vol_Row return Vol_Row;
   function M_Vol_Items return Vol_Items;
   function M_Vol_Ints return Vol_Ints;
   function M_Vol_In return Vol_In;
   function M_Vol_C return Vol_C with Export, Convention => C, External_Name => "m_vol_c";
   function M_Atom return Atom;
   function M_Atom_In return Atom_In;
   function M_Def return Def;
   function M_Def_F (X : Long_Float) return Def;
   function M_Def_I (X : Integer) return Def;
   function M_Def_C return Def_C with Export, Convention => C, External_Name => "m_def_c";
   function M_Def_In return Def_In;
   function M_Def_Deep return Def_Deep;
   function M_Def_Row return Def_Row;
   function R_Def_One return Def_One;
   function R_Same return Same;
   function R_Plain return Plain;
   function R_Fixed return Fixed;
   function R_Row return Row;
   function R_Over return Over;
   function R_Vol_Int return Vol_Int;
   function R_Atom_Int return Atom_Int;
   procedure P_Vol (X : in out Vol_Int; Y : out Atom_Int);
   function F_Def (X : out Integer) return Def;
   function F_Vol (X : out Integer) return Vol;
end Memory;
