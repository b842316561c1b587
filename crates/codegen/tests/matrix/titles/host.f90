program host
  use, intrinsic :: iso_c_binding, only: c_int32_t
  use titles
  implicit none
  character(len=8) :: name
  character(len=4) :: table(3) = ['ASH ', 'ASV ', 'PVT ']
  character(len=1) :: letter = 'A'
  name = titles_day(1_c_int32_t)
  if (name(6:8) /= ' ' .or. len(titles_day(2_c_int32_t)) /= 8) print *, 'not padded'
  print '(a, 1x, a)', 'day', trim(name)//'...'
  name = titles_day(4_c_int32_t)
  print '(a, 1x, a)', 'day', trim(name)//'...'
  print '(a, 1x, i0)', 'find', titles_find(table, 3_c_int32_t, 'ASV')
  print '(a, 1x, i0)', 'find', titles_find(table, 3_c_int32_t, 'AS')
  call titles_next(letter)
  print '(a, 1x, a)', 'next', letter
end program host
