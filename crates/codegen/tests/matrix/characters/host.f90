program host
  use, intrinsic :: iso_c_binding, only: c_int32_t
  use characters
  implicit none
  character(len=8) :: long
  character(len=4) :: short
  integer(c_int32_t) :: ier, n
  logical :: warning
  call characters_join('abc  ', 'def', long, ier, warning)
  if (warning) print *, 'no warning'
  if (long(7:8) /= ' ') print *, 'not padded'
  print '(a, 1x, i0, 1x, a)', 'join', ier, long(1:6)//'..'
  call characters_join('abc', 'def', short, ier, warning)
  if (.not. warning) print *, 'a warning'
  print '(a, 1x, i0, 1x, a)', 'join', ier, short
  call characters_count('station keeping', n, 'ai')
  print '(a, 1x, i0)', 'count', n
  long = 'Spot 5'
  call characters_upper(long)
  print '(a, 1x, a)', 'upper', trim(long)//'..'
end program host
