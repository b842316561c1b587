module fields
  use, intrinsic :: iso_c_binding, only: c_double
  implicit none
contains
  function square(x) result(answer)
    real(c_double), intent(in) :: x
    real(c_double) :: answer
    answer = x * x
  end function square

  subroutine turn(t, v)
    real(c_double), intent(in) :: t
    real(c_double), intent(out) :: v(2)
    v = [2.0_c_double, 2 * t]
  end subroutine turn
end module fields

program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t
  use fields
  use quadrature
  implicit none
  real(c_double) :: x(2) = [1, 5]
  print '(a, 1x, i0)', 'simpson', nint(100 * quadrature_simpson(square, 0.0_c_double, 3.0_c_double, 4_c_int32_t))
  call quadrature_walk(turn, 0.5_c_double, 2_c_int32_t, x)
  print '(a, 2(1x, i0))', 'walk', int(100 * x)
end program host
