program host
  use, intrinsic :: iso_c_binding
  use odd
  implicit none
  real(c_double) :: a(3), b(6)
  integer(c_int8_t) :: bytes(255), code
  integer(c_int32_t) :: x(8), status, i
  character(len=8) :: t
  character(len=200) :: long
  character(len=600) :: text
  character(kind=c_char) :: names_of(8, 2)
  logical :: w
  a = [1, 2, 3]
  b = [1, 2, 3, 4, 5, 6]
  print '(a,f6.1)', 'dot', dot(a, b(1:6:2))
  call add(a, b(2:6:2))
  print '(a,9f6.1)', 'add', a, b
  call add(a)
  print '(a,3f6.1)', 'absent', a
  call row_sums(reshape(b, [3, 2]), a(1:2))
  print '(a,3f6.1)', 'rows', a
  bytes = 1
  print '(a,i6)', 'crc', crc(bytes)
  do i = 0, 250, 50
    code = st8(i, w)
    print '(a,i4,i5,l2)', 'status', i, code, w
  end do
  do i = -2, 1
    status = hres(i, w)
    print '(a,i3,1x,z8.8,l2)', 'result', i, status, w
  end do
  long = ' '
  call send(long, int(-56, c_int8_t))
  print '(a,l2)', 'panic', st8(199) == st8_panic
  print '(a,i4)', 'sent', len_trim(long)
  x = 3
  t = 'previous'
  status = some(x(1:8:2), t)
  print '(a,8i2,1x,a)', 'section', x, t
  status = some(x, t)
  print '(a,8i2,1x,a)', 'whole', x, t
  print '(3a)', '[', skip('   pointing '), ']'
  text = '  '//repeat('z', 590)
  print '(l1)', skip(text) == repeat('z', 590)
  print '(3a)', '[', copy('xyz '), ']'
  names_of = '-'
  call names(names_of)
  print '(16a1)', names_of
  print '(a,f6.1)', 'norm', norm(1d0, 'four')
  print '(a,3l2)', 'none', odd_none(), odd_none(1d0), next(red) == blue
end program host
