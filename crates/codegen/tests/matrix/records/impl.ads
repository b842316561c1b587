with Interfaces; use Interfaces;

package Impl is
   pragma Elaborate_Body;

   type Point is record
      X, Y : Long_Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Point);

   type Date is record
      Day : Integer;
      Sec : Long_Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Date);

   type Line is record
      Slope, Origin : Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Line);

   type Span is record
      First, Last : Integer_64;
   end record;
   pragma Convention (C_Pass_By_Copy, Span);

   type Vector is record
      X, Y, Z : Long_Float;
   end record;
   pragma Convention (C_Pass_By_Copy, Vector);

   type Five is array (1 .. 5) of Long_Float;
   type Limits is record
      V : Five;
   end record;
   pragma Convention (C_Pass_By_Copy, Limits);

   --  By its address
   type Track is record
      From   : Point;
      Moment : Date;
      Code   : Integer_8;
      Rank   : Integer_16;
      Weight : Long_Float;
   end record;
   pragma Convention (C, Track);
   type Address_Of_Point is access all Point;
   pragma Convention (C, Address_Of_Point);

   function Norm (P : Point) return Long_Float;
   pragma Export (C, Norm, "records_norm");

   function Middle (A, B : Point) return Point;
   pragma Export (C, Middle, "records_middle");

   function Later (D : Date; Dt : Long_Float) return Date;
   pragma Export (C, Later, "records_later");

   function Through (A, B : Point) return Line;
   pragma Export (C, Through, "records_through");

   function Wider (R : Span; By : Integer) return Span;
   pragma Export (C, Wider, "records_wider");

   function Cross (A, B : Vector) return Vector;
   pragma Export (C, Cross, "records_cross");

   function Widen (L : Limits; By : Long_Float) return Limits;
   pragma Export (C, Widen, "records_widen");

   function Spill
     (A, B : Span; K : Integer; C : Span; D : Date) return Integer_64;
   pragma Export (C, Spill, "records_spill");

   procedure Advance
     (T : in out Track; Step : Address_Of_Point; Copy : Address_Of_Point);
   pragma Export (C, Advance, "records_advance");
end Impl;
