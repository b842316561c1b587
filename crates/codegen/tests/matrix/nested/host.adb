with Ada.Text_IO; use Ada.Text_IO;
with Nested;      use Nested;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   function Scaled (X : Long_Float) return String is
   begin
      return N (Integer (X * 100.0));
   end Scaled;

   G : Grid :=
     (Cells   => ((1, 2, 3), (4, 5, 6)),
      Corners => ((1.0, 2.0), (3.0, 4.0)),
      Label   => "ABCD",
      Level   => 2.0);
   C : Point;
   A : constant Long_Float_Matrix (1 .. 2, 1 .. 3) :=
     ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0));
   B : Long_Float_Matrix (11 .. 13, 1 .. 2);
begin
   Transform (G, 2.0);
   Put ("transform");
   for I in G.Cells'Range (1) loop
      for J in G.Cells'Range (2) loop
         Put (N (G.Cells (I, J)));
      end loop;
   end loop;
   for I in G.Corners'Range loop
      Put (Scaled (G.Corners (I).X) & Scaled (G.Corners (I).Y));
   end loop;
   Put_Line (" " & G.Label & Scaled (G.Level));
   Put_Line ("total" & Scaled (Total (G)));
   G := Raised (G, 2.5);
   Put_Line
     ("raised" & N (G.Cells (0, 0)) & N (G.Cells (1, 2)) & Scaled (G.Level)
      & " " & G.Label);
   Centre (((1.0, 3.0), (5.0, 5.0)), C);
   Put_Line ("centre" & Scaled (C.X) & Scaled (C.Y));
   Transpose (A, B);
   Put ("transpose");
   for I in B'Range (1) loop
      Put (Scaled (B (I, 1)) & Scaled (B (I, 2)));
   end loop;
   New_Line;
end Host;
