package body Impl is

   procedure Init (Mu, Ae : Long_Float; Model : Integer) is
   begin
      Cst := (Mu, Ae, 0, Model);
   end Init;

   function Ratio (A : Long_Float) return Long_Float is
   begin
      Cst.Calls := Cst.Calls + 1;
      return A / Cst.Ae;
   end Ratio;

   procedure Count (Calls, Model : out Integer) is
   begin
      Calls := Cst.Calls;
      Model := Cst.Model;
   end Count;

end Impl;
