package body Impl is

   procedure Transform (G : Address_Of_Grid; By : Long_Float) is
   begin
      for I in G.Inner'Range (1) loop
         for J in G.Inner'Range (2) loop
            G.Inner (I, J) := Integer (Long_Float (G.Inner (I, J)) * By);
         end loop;
      end loop;
      for I in G.Outer'Range loop
         G.Outer (I) := (G.Outer (I).X * By, G.Outer (I).Y * By);
      end loop;
      for I in G.Label'Range loop
         G.Label (I) := Character'Succ (G.Label (I));
      end loop;
      G.Level := G.Level / By;
   end Transform;

   function Total (G : Grid) return Long_Float is
      Sum : Long_Float := G.Level;
   begin
      for I in G.Inner'Range (1) loop
         for J in G.Inner'Range (2) loop
            Sum := Sum + Long_Float (G.Inner (I, J));
         end loop;
         Sum := Sum + G.Outer (I).X + G.Outer (I).Y;
      end loop;
      return Sum
        + 0.5
          * Long_Float
              (Character'Pos (G.Label (4)) - Character'Pos (G.Label (1)));
   end Total;

   function Raised (G : Grid; By : Long_Float) return Grid is
      Result : Grid := G;
   begin
      Result.Level := Result.Level + By;
      return Result;
   end Raised;

   procedure Centre (P : Points; N : Integer; C : Address_Of_Point) is
   begin
      C.all := (0.0, 0.0);
      for I in 0 .. N - 1 loop
         C.X := C.X + P (I).X / Long_Float (N);
         C.Y := C.Y + P (I).Y / Long_Float (N);
      end loop;
   end Centre;

   procedure Transpose (A : Wide; B : out High) is
   begin
      for I in A'Range (1) loop
         for J in A'Range (2) loop
            B (J, I) := A (I, J);
         end loop;
      end loop;
   end Transpose;

end Impl;
