package Impl is
   pragma Elaborate_Body;

   type Counter is limited private;
   type Handle is access all Counter;
   pragma Convention (C, Handle);

   function Open (First, Step : Integer) return Handle;
   pragma Export (C, Open, "handles_open");

   function Next (C : Handle) return Integer;
   pragma Export (C, Next, "handles_next");

   function Change (C : Handle; Step : Integer) return Integer;
   pragma Export (C, Change, "handles_change");

   procedure Close (C : Handle);
   pragma Export (C, Close, "handles_close");

   function Living return Integer;
   pragma Export (C, Living, "handles_living");

private
   type Counter is record
      Value, Step : Integer;
   end record;
end Impl;
