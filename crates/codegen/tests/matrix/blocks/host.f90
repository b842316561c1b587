program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t
  use blocks
  implicit none
  integer(c_int32_t) :: n, m
  call blocks_init(398600.0_c_double, 6378.0_c_double, 7_c_int32_t)
  call blocks_count(n, m)
  print '(a, 2(1x, i0))', 'count', n, m
  print '(a, 1x, i0)', 'ratio', int(100 * blocks_ratio(12756.0_c_double))
  ! The block itself, written and read
  blocks_cst_common%ae = 12756
  print '(a, 1x, i0)', 'ratio', int(100 * blocks_ratio(6378.0_c_double))
  print '(a, 2(1x, i0))', 'count', blocks_cst_common%calls, blocks_cst_common%model
  if (nint(blocks_cst_common%mu) /= 398600) print *, 'mu', blocks_cst_common%mu
end program host
