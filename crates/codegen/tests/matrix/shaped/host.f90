program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t
  use shaped
  implicit none
  real(c_double) :: x(6) = [1, 0, 2, 0, 3, 0], w(3) = [1, 2, 3], m(3, 2)
  integer(c_int32_t) :: r(3)
  print '(a, 1x, i0)', 'total', int(100 * shaped_total(x(1:6:2)))
  print '(a, 1x, i0)', 'total', int(100 * shaped_total(x(1:6:2), w))
  call shaped_ramp(r(3:1:-1), 5_c_int32_t)
  print '(a, 3(1x, i0))', 'ramp', r(3:1:-1)
  m(:, 1) = 0
  m(:, 2) = 1
  call shaped_add(m, 1.0_c_double)
  print '(a, 6(1x, i0))', 'add', int(m)
end program host
