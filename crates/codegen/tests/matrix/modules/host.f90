program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t
  use modules
  implicit none
  type(pair) :: a, b, list(3)
  integer(c_int32_t) :: place
  character(len=6) :: text
  real(c_double) :: x
  a = pair(x=1.0_c_double, n=1_c_int32_t)
  b = pair(x=2.0_c_double, n=2_c_int32_t)
  call swap(a, b)
  print '(a, 4(1x, i0))', 'swap', int(100 * a%x), a%n, int(100 * b%x), b%n
  list%n = 0
  list%x = [1, 7, 3]
  x = heaviest(list, place)
  print '(a, 2(1x, i0))', 'heaviest', int(100 * x), place
  print '(a, 1x, i0)', 'heaviest', int(100 * heaviest(list))
  call label(5_c_int32_t, text)
  print '(a, 1x, a)', 'label', trim(text)//'..'
  print '(a, 2(1x, i0))', 'positive', merge(1, 0, positive(1.0_c_double)), merge(1, 0, positive(-1.0_c_double))
end program host
