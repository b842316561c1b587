with Ada.Text_IO; use Ada.Text_IO;
with Optional;    use Optional;

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

   By    : aliased Long_Float := 2.5;
   Given : aliased Long_Float := 0.0;
   P     : aliased Point := (1.0, 0.0);
   Which : Integer;
begin
   Which :=
     Present
       (By'Unchecked_Access, Given'Unchecked_Access, P'Unchecked_Access);
   Put_Line ("present" & N (Which) & Scaled (Given) & Scaled (P.X));
   Put_Line ("present" & N (Present));
   Which := Present (The_Out => Given'Unchecked_Access);
   Put_Line ("present" & N (Which) & Scaled (Given));
   By := 1.0;
   Which := Present (By => By'Unchecked_Access, P => P'Unchecked_Access);
   Put_Line ("present" & N (Which) & Scaled (P.X));
end Host;
