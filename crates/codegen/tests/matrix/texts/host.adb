with Ada.Text_IO; use Ada.Text_IO;
with Texts;       use Texts;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   Text  : String (11 .. 17) := "abc-XyZ";
   Label : String (2 .. 9);

   procedure Try_Join (First, Second : String; Room : Natural) is
      Joined : String (5 .. 4 + Room) := (others => '.');
      Status : Integer;
   begin
      Join (First, Second, Joined, Status);
      Put_Line ("join" & N (Status) & " " & Joined);
   exception
      when Failure : Texts.Error =>
         Put_Line ("join" & N (Code (Failure)) & " " & Joined);
   end Try_Join;
begin
   Put_Line ("length" & N (Length ("cinq!")) & N (Length ("")));
   Upper (Text);
   Put_Line ("upper " & Text);
   Try_Join ("SPOT", " 5", 6);
   Try_Join ("SPOT", " 5", 4);
   Try_Join ("", "", 4);
   Stamp (Label, 42);
   Put_Line ("stamp " & Label);
end Host;
