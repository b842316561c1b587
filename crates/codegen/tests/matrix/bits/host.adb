with Ada.Text_IO; use Ada.Text_IO;
with Bits;        use Bits;
with Interfaces;  use Interfaces;

procedure Host is

   --  A blank, and the number
   function N (Value : Integer) return String is
   begin
      if Value < 0 then
         return " " & Integer'Image (Value);
      end if;
      return Integer'Image (Value);
   end N;

   H : Header :=
     (Version => 3, Satellite => 1000, Gain => 7, Channel => 165,
      Rate => 250, Count => 700, Last => 15);
   W : Word := (As_U, 16#407F_FFFF#);

   --  The value that represents a literal
   function Image (M : Bits.Mode) return String is
   begin
      case M is
         when Mode_Off  => return " 0";
         when Mode_On   => return " 1";
         when Mode_Safe => return " 7";
      end case;
   end Image;
begin
   Put_Line
     ("modes" & Image (Mode_Off) & Image (Mode_On) & Image (Mode_Safe));
   Put_Line
     ("next_mode" & Image (Next_Mode (Mode_Off, False))
      & Image (Next_Mode (Mode_On, True))
      & Image (Next_Mode (Mode_Safe, False)));
   Retune (H, -5);
   Put_Line
     ("retune" & N (Integer (H.Version)) & N (Integer (H.Satellite))
      & N (Integer (H.Gain)) & N (Integer (H.Channel)) & N (Integer (H.Rate))
      & N (Integer (H.Count)) & N (Integer (H.Last)));
   H.Rate := 987;
   H.Gain := 0;
   H.Channel := 85;
   Put_Line ("digest" & Unsigned_32'Image (Digest (H)));
   Put_Line ("inverse" & Unsigned_32'Image (Inverse (W)));
   Set_Real (W, 1.5);
   Put_Line
     ("set_real" & Unsigned_32'Image (W.U) & N (Integer (100.0 * W.F)));
end Host;
