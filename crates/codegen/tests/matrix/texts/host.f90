program host
  use, intrinsic :: iso_c_binding, only: c_int32_t
  use texts
  implicit none
  character(len=7) :: text
  character(len=6) :: joined
  character(len=8) :: label
  integer(c_int32_t) :: status
  logical :: warning
  print '(a, 2(1x, i0))', 'length', length('cinq!   '), length('')
  text = 'abc-XyZ'
  call upper(text)
  print '(a, 1x, a)', 'upper', text
  joined = ''
  status = join('SPOT', ' 5', joined, warning)
  if (warning) print *, 'no warning'
  print '(a, 1x, i0, 1x, a)', 'join', status, joined
  status = join('SPOT', ' 5', joined(1:4), warning)
  if (.not. warning) print *, 'a warning'
  print '(a, 1x, i0, 1x, a)', 'join', status, joined(1:4)
  joined = '....'
  status = join('', '', joined(1:4))
  print '(a, 1x, i0, 1x, a)', 'join', status, joined(1:4)
  call stamp(label, 42_c_int32_t)
  print '(a, 1x, a)', 'stamp', label
end program host
