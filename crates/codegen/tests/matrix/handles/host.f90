program host
  use, intrinsic :: iso_c_binding, only: c_int32_t, c_ptr
  use handles, only: living, next, change, close_handle => handles_close, open_handle => handles_open
  implicit none
  type(c_ptr) :: a, b
  integer(c_int32_t) :: first, second, status
  a = open_handle(10_c_int32_t, 5_c_int32_t)
  b = open_handle(100_c_int32_t, 1_c_int32_t)
  print '(a, 1x, i0)', 'living', living()
  first = next(a)
  second = next(a)
  print '(a, 3(1x, i0))', 'next', first, second, next(b)
  status = change(a, 2_c_int32_t)
  first = next(a)
  second = next(a)
  print '(a, 3(1x, i0))', 'change', status, first, second
  status = change(a, 0_c_int32_t)
  print '(a, 3(1x, i0))', 'change', status, next(a)
  call close_handle(a)
  call close_handle(b)
  print '(a, 1x, i0)', 'living', living()
end program host
