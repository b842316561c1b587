with Ada.Text_IO; use Ada.Text_IO;
with Characters;  use Characters;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   Text   : String (21 .. 28) := "Spot 5  ";
   Number : Integer;

   procedure Try_Join (First, Second : String; Room : Positive) is
      Joined : String (3 .. 2 + Room);
      Ier    : Integer;
   begin
      Join (First, Second, Joined, Ier);
      for I in Joined'Range loop
         if Joined (I) = ' ' then
            Joined (I) := '.';
         end if;
      end loop;
      Put_Line ("join" & N (Ier) & " " & Joined);
   end Try_Join;
begin
   Try_Join ("abc  ", "def", 8);
   Try_Join ("abc", "def", 4);
   Characters.Count ("station keeping", Number, "ai");
   Put_Line ("count" & N (Number));
   Upper (Text);
   Put_Line ("upper " & Text (21 .. 26) & "..");
end Host;
