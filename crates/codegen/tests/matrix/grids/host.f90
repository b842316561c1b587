program host
  use, intrinsic :: iso_c_binding, only: c_double, c_double_complex, c_int32_t
  use grids
  implicit none
  real(c_double) :: s(4, 3), a(2, 3), b(3, 2), x(3) = [1, 2, 3]
  complex(c_double_complex) :: c(0:2), z
  integer :: i
  s = 0
  do i = 1, 3
    s(i, i) = 5
  end do
  print '(a, 1x, i0)', 'trace', int(100 * grids_trace(s))
  a = reshape(real([1, 2, 3, 4, 5, 6], c_double), [2, 3])
  call grids_transpose(a, b)
  print '(a, 6(1x, i0))', 'transpose', int(100 * b)
  call grids_scale(3_c_int32_t, x, 1.0_c_double) ! the routine itself
  call grids_scale(x, 2.0_c_double)
  print '(a, 3(1x, i0))', 'scale', int(10 * x)
  c = [1, 0, 1]
  z = grids_horner(2_c_int32_t, c, (1.0_c_double, 2.0_c_double))
  print '(a, 2(1x, i0))', 'horner', int(100 * real(z)), int(100 * aimag(z))
  print '(a, 1x, i0)', 'count', grids_count([.true._4, .false._4, .true._4, .false._4])
end program host
