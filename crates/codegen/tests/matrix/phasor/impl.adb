package body Impl is

   function Turn (Z : Complex) return Complex is
   begin
      return (-Z.Im, Z.Re);
   end Turn;

   function Turn_Single (Z : Single; K : Float) return Single is
   begin
      return (-K * Z.Im, K * Z.Re);
   end Turn_Single;

   procedure Scale (Z, By : Address_Of_Complex) is
   begin
      Z.all :=
        (Z.Re * By.Re - Z.Im * By.Im, Z.Re * By.Im + Z.Im * By.Re);
   end Scale;

   function Sum (Z : List; N : Integer) return Complex is
      Result : Complex := (0.0, 0.0);
   begin
      for I in 0 .. N - 1 loop
         Result := (Result.Re + Z (I).Re, Result.Im + Z (I).Im);
      end loop;
      return Result;
   end Sum;

end Impl;
