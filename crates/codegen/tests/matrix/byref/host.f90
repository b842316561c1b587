program host
  use, intrinsic :: iso_c_binding, only: c_double, c_double_complex, c_float, c_float_complex, c_int32_t
  use byref
  implicit none
  real(c_double) :: c, x
  integer(c_int32_t) :: n, ier
  integer :: i, seen(3)
  logical(4) :: flag
  logical :: warning
  complex(c_double_complex) :: z
  complex(c_float_complex) :: w
  n = 7
  call byref_add(1.5_c_double, 2.5_c_float, n, c)
  print '(a, 2(1x, i0))', 'add', int(100 * c), n
  print '(a, 2(1x, i0))', 'even', merge(1, 0, byref_even(3_c_int32_t)), merge(1, 0, byref_even(4_c_int32_t))
  flag = .false.
  do i = 1, 3
    call byref_toggle(flag, logical(i < 3, 4))
    seen(i) = merge(1, 0, flag)
  end do
  print '(a, 3(1x, i0))', 'toggle', seen
  z = byref_product((1.0_c_double, 2.0_c_double), (3.0_c_float, 4.0_c_float))
  print '(a, 2(1x, i0))', 'product', int(100 * real(z)), int(100 * aimag(z))
  w = byref_half((3.0_c_float, -1.0_c_float))
  print '(a, 2(1x, i0))', 'half', int(100 * real(w)), int(100 * aimag(w))
  print '(a, 1x, i0)', 'mean', int(100 * byref_mean(2.0_c_float, 3.0_c_float))
  print '(a, 1x, i0)', 'cube', byref_cube(2000_c_int32_t)
  x = byref_root(9.0_c_double, ier, warning)
  if (warning .or. ier /= byref_ok) print *, 'no warning'
  print '(a, 2(1x, i0))', 'root', ier, int(100 * x)
  x = byref_root(-4.0_c_double, ier, warning)
  if (.not. warning) print *, 'a warning'
  print '(a, 2(1x, i0))', 'root', ier, int(100 * x)
  x = byref_root(0.0_c_double, ier)
  print '(a, 1x, i0)', 'root', ier
end program host
