--  lecture.adb
package body Lecture is

   Sccs_Id : constant String := "@(#)lecture.adb 1.1 97/02/03 CMP";
   pragma Export (C, Sccs_Id, "lecture_sccs_id");

   function Brute (P : Int_Access; K : Integer) return Integer is
      pragma Suppress (Access_Check);
      pragma Suppress (Overflow_Check);
   begin
      return P.all + K;
   end Brute;

end Lecture;
