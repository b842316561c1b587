program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int8_t, c_int32_t
  use ada_arrays
  implicit none
  real(c_double) :: v(5:8) = [1.0_c_double, 2.0_c_double, 2.5_c_double, 1.0_c_double], w(-3:-3) = 2, s(3) = [1, 2, 3]
  real(c_double) :: m(3, 2), none(0)
  integer(c_int32_t) :: n(4)
  integer(c_int8_t) :: bytes(6) = -1_c_int8_t, seven(1) = 7_c_int8_t, no_byte(0)
  character(len=5) :: t, u
  character(len=0) :: nothing
  print '(a, 3(1x, i0))', 'sum', int(100 * ada_arrays_sum(v)), int(100 * ada_arrays_sum(w)), int(100 * ada_arrays_sum(none))
  print '(a, 3(1x, i0))', 'greatest', greatest(v, v_first=lbound(v, 1)), greatest(w, lbound(w, 1)), greatest(none, 5)
  call ada_arrays_scale(s, 2.5_c_double, 100_c_int32_t)
  print '(a, 3(1x, i0))', 'scale', int(100 * s)
  call number(n, -2_c_int32_t)
  print '(a, 4(1x, i0))', 'number', n
  call upper('debut du jour', t)
  call upper('abc', u)
  call upper('x', nothing)
  print '(7a)', 'upper [', t, '] [', u, '] [', nothing, ']'
  print '(a, 2(1x, i0))', 'tally', tally('e', 'deuxieme'), tally('e', '')
  m = reshape([1.5_c_double, 2.5_c_double, 3.5_c_double, 4.5_c_double, 5.5_c_double, 21.5_c_double], [3, 2])
  print '(a, 1x, i0)', 'moment', int(100 * moment(m, [-1, 2]))
  print '(a, 3(1x, i0))', 'checksum', checksum(bytes, 250), checksum(seven, 0), checksum(no_byte, 2)
  print '(a, 1x, i0)', 'apart', int(100 * apart(1_c_int32_t, 2_c_int32_t, v, 4_c_int32_t, w, 8_c_int32_t))
end program host
