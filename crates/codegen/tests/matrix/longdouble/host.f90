program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t, c_int64_t, c_long_double
  use longdouble
  implicit none
  real(c_long_double), parameter :: large = 1152921504606846976.0_c_long_double
  real(c_long_double) :: x
  type(sample) :: s
  x = large
  print '(a, 1x, i0)', 'sum', int(longdouble_sum(large, 3_c_int32_t, 1.0_c_long_double), c_int64_t)
  call add(x, 1.0_c_double)
  print '(a, 1x, i0)', 'add', int(x - large)
  s%value_ = 3
  s%weight = 1.5_c_double
  call weigh(s)
  print '(a, 2(1x, i0))', 'weigh', int(100 * s%value_), int(100 * s%weight)
end program host
