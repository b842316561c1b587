with Shapes; use Shapes;
procedure Main is
   W : Worker; B : Box; R : Rec := FRec (3);
begin
   W.Go (3); B.Put (4); ProcRec (R); Str (FStr (Counter));
end Main;
