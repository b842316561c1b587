package Impl is
   pragma Elaborate_Body;

   type Slot is record
      From, Up_To : Long_Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Slot);
   type Address_Of_Slot is access all Slot;
   pragma Convention (C, Address_Of_Slot);

   type Label is record
      Id, Copies : Integer;
   end record;
   pragma Convention (C, Label);
   type Address_Of_Label is access all Label;
   pragma Convention (C, Address_Of_Label);

   procedure Construct (This : Address_Of_Slot; From, Up_To : Long_Float);
   pragma Export (C, Construct, "_ZN7classes4SlotC1Edd");

   function Length (This : Address_Of_Slot) return Long_Float;
   pragma Export (C, Length, "_ZNK7classes4Slot6lengthEv");

   function Common (A, B : Address_Of_Slot) return Slot;
   pragma Export (C, Common, "_ZN7classes6commonERKNS_4SlotES2_");

   procedure Shift (S : Address_Of_Slot; By : Long_Float);
   pragma Export (C, Shift, "_ZN7classes5shiftERNS_4SlotEd");

   --  The address of the answer comes first, and goes back
   function Label_Of
     (Answer : Address_Of_Label; Id : Integer) return Address_Of_Label;
   pragma Export (C, Label_Of, "_ZN7classes8label_ofEi");
end Impl;
