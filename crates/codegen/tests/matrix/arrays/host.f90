program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t
  use arrays, only: dot, fill, window, row_sums, cross, parse, divide, stamp, parse_ok
  implicit none
  real(c_double) :: a(3) = [1, 2, 3], b(3) = [4, 5, 6], c(3), sums(2), out(6), q
  real(c_double) :: m(3, 2) = reshape(real([1, 2, 3, 4, 5, 6], c_double), [3, 2])
  integer(c_int32_t) :: x(5) = [1, 2, 3, 4, 5], value, ier
  logical :: warning
  character(len=5) :: text
  print '(a, 1x, i0)', 'dot', int(100 * dot(a, b))
  out = 0
  call fill(out(1:6:2), 2.5_c_double) ! a section with gaps is copied
  print '(a, 3(1x, i0))', 'fill', int(10 * out(1:6:2))
  if (any(int(out(2:6:2)) /= 0)) print *, 'what lies between was written'
  print '(a, 1x, i0)', 'window', window(x, 3_c_int32_t)
  call row_sums(m, sums)
  print '(a, 2(1x, i0))', 'row_sums', int(100 * sums)
  call cross(a, b, c)
  print '(a, 3(1x, i0))', 'cross', int(100 * c)
  value = 99
  ier = parse('42   ', value, warning)
  print '(a, 2(1x, i0))', 'parse', ier, value
  if (warning .or. ier /= parse_ok) print *, 'no warning'
  value = 99
  ier = parse('7x', value, warning)
  print '(a, 2(1x, i0))', 'parse', ier, value
  if (.not. warning) print *, 'a warning'
  value = 99
  ier = parse('x', value)
  print '(a, 2(1x, i0))', 'parse', ier, value
  q = 0
  call divide(3.0_c_double, 2.0_c_double, q, ier, warning)
  print '(a, 2(1x, i0))', 'divide', ier, int(100 * q)
  if (warning) print *, 'no warning'
  call divide(0.0_c_double, 2.0_c_double, q, ier, warning)
  print '(a, 2(1x, i0))', 'divide', ier, int(100 * q)
  if (.not. warning) print *, 'a warning'
  call divide(1.0_c_double, 0.0_c_double, q, ier)
  print '(a, 2(1x, i0))', 'divide', ier, int(100 * q)
  value = stamp(text)
  print '(a, 1x, i0, 1x, a)', 'stamp', value, text
end program host
