--  @(#)mini_static.adb 1.5 00/02/21 CMP
--  mini_static.adb - mêmes fautes, avec libgcc et libgnat statiques
with Ada.Exceptions; use Ada.Exceptions;
with Ada.Text_IO;  use Ada.Text_IO;
with CCS_Types;    use CCS_Types;
with CCS_Automate; use CCS_Automate;
with Acces;        use Acces;
with Interfaces.C; use Interfaces.C;
with Composants;   use Composants;
procedure Mini_Static is

   N      : aliased Integer := 1950;
   Mode   : Mode_Satellite := Lancement;
   Change : Boolean;

   procedure Essai_Composants is
      Xm      : aliased constant Long_Float := 0.7;
      Exc     : aliased constant Long_Float := 0.02;
      Ier     : aliased Integer := 9;
      Donnees : constant Octets (0 .. 111) := (others => 16#5A#);
      Lues    : aliased Mesures;
   begin
      Put_Line ("crc" & unsigned_short'Image (Crc16 (Donnees, 112))
                & " kepler " & Long_Float'Image
                (Kepler (Xm'Access, Exc'Access, Ier'Access)) & Integer'Image (Ier));
      Put_Line ("mesures" & int'Image
                (Decommuter (Donnees, 112, Table'Address, 18, Lues'Access,
                             Refuser'Access, Table'Address)));
   exception
      when E : Mesure_Refusee =>
         Put_Line ("mesure refusee :" & Exception_Message (E));
   end Essai_Composants;

begin
   Essai_Composants;
   for Tour in 1 .. 3 loop
      Put_Line ("deref" & Integer'Image (Deref (N'Unchecked_Access))
                & " " & Integer'Image (Deref (null))
                & " " & Integer'Image (Lire_Ou (null, Tour, -2)));
   end loop;
   Put_Line ("quotient" & Integer'Image (Quotient (7, 0))
             & Integer'Image (Quotient (7, 2)));
   for Ev in Evenement loop
      Avancer (Ev, Mode, Change);
      Put_Line (Evenement'Image (Ev) & " -> " & Mode_Satellite'Image (Mode)
                & " " & Boolean'Image (Change));
   end loop;
   Put_Line ("refus" & Natural'Image (Nombre_Refus));
end Mini_Static;
