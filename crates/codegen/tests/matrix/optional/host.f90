program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t
  use optional, only: point, there => optional_present
  implicit none
  real(c_double) :: by, out
  type(point) :: p
  integer(c_int32_t) :: n
  by = 2.5_c_double
  out = 0
  p = point(1, 0)
  n = there(by, out, p)
  print '(a, 3(1x, i0))', 'present', n, int(100 * out), int(100 * p%x)
  print '(a, 1x, i0)', 'present', there()
  n = there(out=out)
  print '(a, 2(1x, i0))', 'present', n, int(100 * out)
  by = 1
  n = there(by, p=p)
  print '(a, 2(1x, i0))', 'present', n, int(100 * p%x)
end program host
