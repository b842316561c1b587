with Ada.Text_IO; use Ada.Text_IO;
package body Shapes is
   procedure Prim (T : in out Tag; D : Integer) is begin T.N := T.N + D; end Prim;
   procedure Prim (T : in out Tag2; D : Integer) is begin T.N := T.N + 2*D; end Prim;
   procedure Classwide (T : Tag'Class) is begin Counter := Counter + T.N; end Classwide;
   procedure Use_Lim (L : in out Lim) is begin L.N := 3; end Use_Lim;
   procedure Initialize (C : in out Ctrl) is begin C.P := new String'("a"); end Initialize;
   procedure Finalize (C : in out Ctrl) is begin C.P := null; end Finalize;
   procedure Scalars (A : Integer; B : Long_Float; C : Character; D : Boolean; M : Mode; V : Volt; S : Small; W : Word) is
   begin Put_Line (A'Img & B'Img & C'Img & D'Img & M'Img & V'Img & S'Img & W'Img); end Scalars;
   procedure Out1 (A : out Integer) is begin A := Counter; end Out1;
   procedure Out2 (A : out Integer; B : out Float) is begin A := Counter; B := 2.0; end Out2;
   procedure Out3f (A, B, C : out Float) is begin A := Float (Counter); B := 2.0; C := 3.0; end Out3f;
   procedure InOut1 (A : in out Long_Float; K : Integer) is begin A := A + Long_Float (K); end InOut1;
   function FOut (A : Integer; B : out Integer) return Boolean is begin B := A * 2; return A > 3; end FOut;
   procedure OutStatus (A : out Mode; B : in out Percent; C : out Boolean; D : out Long_Float) is
   begin A := Safe; B := B / 2; C := B > 3; D := 1.0; end OutStatus;
   procedure Big_Out (A, B, C, D, E : out Long_Float) is begin A := 1.0; B := 2.0; C := 3.0; D := 4.0; E := Table (1); end;
   procedure ProcRec (R : Rec) is begin Counter := R.A; end ProcRec;
   procedure ProcRecOut (R : out Rec; K : in out Integer) is begin R.A := K; K := K + 1; end ProcRecOut;
   procedure ProcRec2 (R : Rec2) is begin Counter := Integer (R.X); end ProcRec2;
   function FRec2 return Rec2 is begin return (1.0, Float (Counter)); end FRec2;
   function FRec (A : Integer) return Rec is begin return (A, 1.0, 'c', True, Safe, 1.5); end FRec;
   procedure PCRec (R : CRec) is begin Counter := R.A; end PCRec;
   procedure PCopy (R : CRecCopy) is begin Counter := R.A; end PCopy;
   procedure PCopyAda (R : CRecCopy) is begin Counter := R.A; end PCopyAda;
   procedure PCopyOut (R : in out CRecCopy) is begin R.A := R.A + 1; end PCopyOut;
   procedure Arr (V : Vec) is begin Table := V; end Arr;
   procedure ArrIO (V : in out Vec) is begin V (2) := V (1); end ArrIO;
   function FVec return Vec is begin return Table; end FVec;
   procedure ArrU (V : Vec_U) is begin for I in V'Range loop Table (1) := Table (1) + V (I); end loop; end ArrU;
   procedure ArrUIO (V : in out Vec_U; N : Integer) is begin V (N) := 0.0; end ArrUIO;
   procedure ArrP (V : Vec_P; M : Mat; E : Vec_E; W : Vec_W; L : Vec_L) is
   begin Counter := V'Length + M'Length (2) + E'Length + W'Length + L'Length + E (E'First); end ArrP;
   procedure Str (S : String) is begin Put_Line (S); end Str;
   procedure StrOut (S : out String; Last : out Natural) is begin S (S'First) := 'a'; Last := S'First; end StrOut;
   function FStr (N : Integer) return String is begin return N'Img & "x"; end FStr;
   function FVecU (N : Integer) return Vec_U is R : Vec_U (1 .. N) := (others => 1.0); begin return R; end FVecU;
   procedure PBits (B : Bits; N : Nibs; U : Bits_U) is begin if B (3) and U (U'First) then Counter := Integer (N (2)); end if; end PBits;
   procedure PPacked (P : Packed_Rec; Q : in out Packed_Rec) is begin Q.F2 := P.F2; Q.F4 := Safe; end PPacked;
   procedure PShape (S : Shape) is begin if S.K = Circle then Counter := S.Id + Integer (S.Radius); end if; end PShape;
   procedure PShapeIO (S : in out Shape) is begin S := (Square, 3, 2.0); end PShapeIO;
   procedure PShapeOut (S : out Shape) is begin S.Id := 2; end PShapeOut;
   procedure PFix (S : Fix_Shape) is begin if S.K = Nothing then Counter := S.N; end if; end PFix;
   procedure PBuf (B : Buffer; C : in out Buffer; D : in out Buffer_M) is begin C.Data (1) := B.Data (1); C.Tail := B.Tail; D := (3, 0, "abc"); end PBuf;
   function FBuf (N : Positive) return Buffer is B : Buffer (N); begin B.Data := (others => 'x'); return B; end FBuf;
   function FShape (N : Integer) return Shape is begin if N > 3 then return (Circle, N, 1.0, True); else return (K => Nothing, Id => N); end if; end FShape;
   procedure PAcc (A : Acc_Rec; S : Acc_Str; V : Acc_Vec; F : Acc_Fn; P : Acc_Proc) is
   begin if F (A.A, 2.0) then P (Counter); Counter := S'Length + V'Length; end if; end PAcc;
   function FAcc (A : Acc_Rec) return Acc_Str is begin A.B := 1.0; return new String'("hello"); end FAcc;
   procedure PAnon (A : access Integer; B : not null access procedure (X : Integer)) is begin B (A.all); end PAnon;
   procedure Over (A : Integer) is begin Counter := A; end Over;
   procedure Over (A : Float) is begin Counter := Integer (A); end Over;
   procedure Over (A : Character) is begin Counter := Character'Pos (A); end Over;
   procedure Coded_P (C : Coded; M : Money; T : Third; X : out Coded) is
   begin if M > 1.0 and T > 0.5 then X := C; else X := Big; end if; end Coded_P;
   procedure WChar (W : Wide_Character; V : Wide_Wide_Character) is begin Counter := Wide_Character'Pos (W) + Wide_Wide_Character'Pos (V); end WChar;
   procedure SubP (P : Percent; S : Seven; N : Natural; L : Long_Long_Float) is begin Counter := P + Integer (S) + N + Integer (L); end SubP;
   procedure Ifc (A : Interfaces.Unsigned_8; B : Interfaces.Integer_64) is begin Counter := Integer (A) + Integer (B); end Ifc;
   procedure Unused (A, B : Integer) is begin Counter := 5; end Unused;
   procedure Gseq (S : Seq) is begin Counter := S (Safe); end Gseq;
   generic type T is private; with function "<" (A, B : T) return Boolean;
   function Gmax (A, B : T) return T;
   function Gmax (A, B : T) return T is begin if A < B then return B; else return A; end if; end Gmax;
   function Imax is new Gmax (Integer, "<");
   function Nest (N : Integer) return Integer is
      Acc : Integer := 0;
      procedure Inner (K : Integer) is begin Acc := Acc + K * N; end Inner;
      function Pure (K : Integer) return Integer is begin return Imax (K, 3); end Pure;
      function Lmax is new Gmax (Float, "<");
      pragma No_Inline (Inner); pragma No_Inline (Pure);
   begin
      for I in 1 .. N loop Inner (I); Acc := Acc + Pure (I); end loop;
      return Acc + Integer (Lmax (1.0, Float (N)));
   end Nest;
   task body Worker is
      M : Integer;
   begin
      accept Go (N : Integer) do M := N; end Go;
      Counter := Nest (M);
   end Worker;
   protected body Box is
      procedure Put (N : Integer) is begin V := N; end Put;
      function Get return Integer is begin return V; end Get;
      entry Wait (N : out Integer) when V > 0 is begin N := V; end Wait;
   end Box;
begin
   Counter := Nest (Table'Length);
end Shapes;
