program host
  use, intrinsic :: iso_c_binding, only: c_double, c_float, c_int8_t, c_int16_t, c_int32_t, c_int64_t
  use scalars, only: many, narrow, wide, single, negate, halve
  implicit none
  integer(c_int32_t) :: count
  real(c_double) :: x, y, sum
  sum = many(1.5_c_double, 1_c_int32_t, 2.5_c_double, 20_c_int64_t, 3.5_c_float, 3_c_int32_t, 4.5_c_double, &
      -4_c_int16_t, 5.5_c_double, 5_c_int32_t, 6.5_c_double, 6_c_int32_t, 7.5_c_double, -7_c_int8_t, &
      8.5_c_double, 8_c_int16_t, 9.5_c_double, 90_c_int64_t)
  print '(a, 1x, i0)', 'many', int(10 * sum)
  print '(a, 1x, i0)', 'narrow', narrow(-5_c_int8_t, -6_c_int8_t, -300_c_int16_t, 32490_c_int16_t)
  print '(a, 1x, i0)', 'wide', wide(3000000_c_int64_t, 3000000_c_int64_t)
  print '(a, 1x, i0)', 'single', int(100 * single(5.0_c_float))
  print '(a, 2(1x, i0))', 'negate', merge(1, 0, negate(.true.)), merge(1, 0, negate(.false.))
  x = 7.5_c_double
  count = 7
  call halve(x, y, count)
  print '(a, 2(1x, i0))', 'halve', int(100 * y), count
end program host
