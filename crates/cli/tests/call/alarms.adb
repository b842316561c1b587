with Ada.Text_IO;
package body Alarms is
   type T is range 1 .. 10;
   procedure Check (N : Integer) is
      X : T;
   begin
      Ada.Text_IO.Put_Line ("checking");
      if N = 7 then raise Failure with "seven"; end if;
      X := T (N);
      Ada.Text_IO.Put_Line (T'Image (X));
   end Check;
   function Mark (Text : String; C : Character) return Integer is
   begin
      Ada.Text_IO.Put_Line (Text);
      for I in Text'Range loop
         if Text (I) = C then return I; end if;
      end loop;
      return Text'Last + 1000;
   end Mark;
end Alarms;
