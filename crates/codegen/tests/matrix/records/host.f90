program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int8_t, c_int16_t, c_int32_t, c_int64_t
  use records
  implicit none
  type(point) :: middle_point, step, copy
  type(date) :: d
  type(line) :: l
  type(range) :: w
  type(vector) :: c
  type(limits) :: five
  type(track) :: t
  print '(a, 1x, i0)', 'norm', int(100 * norm(p(3, 4)))
  middle_point = middle(p(1, -3), p(4, 1))
  print '(a, 2(1x, i0))', 'middle', int(100 * middle_point%x), int(100 * middle_point%y)
  d = later(date(day=19116_c_int32_t, sec=86400 - 1.25_c_double), 2.5_c_double)
  print '(a, 2(1x, i0))', 'later', d%day, int(100 * d%sec)
  l = through(p(1, 1), p(3, 5))
  print '(a, 2(1x, i0))', 'through', int(100 * l%slope), int(100 * l%origin)
  w = wider(r(0, 100), 5_c_int32_t)
  print '(a, 2(1x, i0))', 'wider', w%first, w%last
  c = cross(vector(1, 2, 3), vector(4, 5, 6))
  print '(a, 3(1x, i0))', 'cross', int(100 * c%x), int(100 * c%y), int(100 * c%z)
  five%v = 10
  five = widen(five, 1.0_c_double)
  print '(a, 5(1x, i0))', 'widen', int(10 * five%v)
  print '(a, 1x, i0)', 'spill', &
      spill(r(7, 6), r(5, 4), 3_c_int32_t, r(1, 1), date(day=1_c_int32_t, sec=0.5_c_double))
  t%from = p(1, 4)
  t%at = date(day=19115_c_int32_t, sec=0.0_c_double)
  t%code = 3_c_int8_t
  t%rank = 70_c_int16_t
  t%weight = 3
  step = p(2, 1)
  call advance(t, step, copy)
  print '(a, 6(1x, i0))', 'advance', int(100 * t%from%x), int(100 * t%from%y), t%at%day, t%code, t%rank, &
      int(100 * t%weight)
  print '(a, 2(1x, i0))', 'copy', int(100 * copy%x), int(100 * copy%y)
contains
  function p(x, y)
    integer, intent(in) :: x, y
    type(point) :: p
    p = point(x=real(x, c_double), y=real(y, c_double))
  end function p

  function r(first, last)
    integer, intent(in) :: first, last
    type(range) :: r
    r = range(first=int(first, c_int64_t), last=int(last, c_int64_t))
  end function r
end program host
