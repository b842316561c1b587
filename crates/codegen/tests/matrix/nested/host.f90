program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t
  use nested
  implicit none
  type(grid) :: g
  type(point) :: p(2), c
  real(c_double) :: a(3, 2), b(2, 3)
  character(len=4) :: label
  g%cells = reshape([1, 2, 3, 4, 5, 6], [3, 2])
  g%corners = [point(1, 2), point(3, 4)]
  call text_to_chars('ABCD', g%label, ' ')
  g%level = 2
  call transform(g, 2.0_c_double)
  call chars_to_text(g%label, label, ' ')
  print '(a, 10(1x, i0), 1x, a, 1x, i0)', 'transform', g%cells, int(100 * g%corners(1)%x), int(100 * g%corners(1)%y), &
      int(100 * g%corners(2)%x), int(100 * g%corners(2)%y), label, int(100 * g%level)
  print '(a, 1x, i0)', 'total', int(100 * total(g))
  g = raised(g, 2.5_c_double)
  call chars_to_text(g%label, label, ' ')
  print '(a, 3(1x, i0), 1x, a)', 'raised', g%cells(1, 1), g%cells(3, 2), int(100 * g%level), label
  p = [point(1, 3), point(5, 5)]
  call centre(p, c)
  print '(a, 2(1x, i0))', 'centre', int(100 * c%x), int(100 * c%y)
  a = reshape(real([1, 2, 3, 4, 5, 6], c_double), [3, 2])
  call nested_transpose(a, b)
  print '(a, 6(1x, i0))', 'transpose', int(100 * b)
end program host
