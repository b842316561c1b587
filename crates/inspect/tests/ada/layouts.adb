package body Layouts is
   Last : Integer := 0;
   procedure P1 (A : in out Header; B : in out Tight; C : in out Nested; D : in out With_Flags) is
   begin
      A.Check := 1; B.Z := 2; C.D := Sun; D.I := Last;
   end P1;
   procedure P2 (A : in out Command; B : in out Link; C : in out Aligned; D : in out Wide_Flags) is
   begin
      A.Delay_S := 1; B.Value := Last; C.B := 3; D (7) := True;
   end P2;
   procedure P3 (A : Angle; B : Third; C : Pct; D : Byte; E : Tri; F : Big; G : Code; H : Chars; I : Work; J : Days) is
   begin
      Last := Integer (D) + Integer (E) + Code'Pos (G) + Chars'Pos (H) + Days'Pos (I) + Days'Pos (J) + Integer (F mod 7) + Integer (A) + Integer (B) + Integer (C);
   end P3;
   procedure P4 (A : Flags; B : in out Trits; C : Large; D : Bits_Record; E : Packed_Record; F : Pair; G : Half) is
   begin
      if A (1) then B (2) := 3; end if;
      Last := C.A + Integer (D.F3) + E.B + Integer (F.X) + Integer (G.B);
   end P4;
   procedure P5 (A : in out Shape; B : Fixed_Shape; C : Small_Shape; D : C_Record; E : in out Tiny; F : Long_Bits; G : Volt; H : Money) is
   begin
      A.Id := D.A; E.A := 3;
      if F (3) and C.B and B.K = Circle and G > 1.0 and H > 2.0 then Last := 3; end if;
   end P5;
end Layouts;
