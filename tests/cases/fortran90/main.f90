program tried
  use travelling
  implicit none
  external :: mean, spread
  real(dp) :: x(10), m(3, 4), s(3), a
  integer :: k(6), i
  integer, allocatable :: list(:)
  x = [(dble(i), i = 1, 10)]
  m = reshape([(i / 4d0, i = 1, 12)], [3, 4])
  k = [(i * i, i = 1, 6)]
  print '(4f12.3)', summed(x), summed(x(2:10:3)), summed(x(10:1:-3)), summed(x(5:4))
  call scaled(x, 2d0)
  call scaled(x(1:9:4), -1d0)
  call scaled(x(3:2), 7d0)
  print '(10f7.1)', x
  call rows(m, s)
  print '(3f9.4)', s
  call rows(m(1:3:2, 2:4), x(1:10:9))
  print '(10f7.3)', x
  print '(3i8)', counted(k), counted(k(2:6:2), [0.5, 0.25]), shifted(k, 4)
  print *, held(list)
  call grown(list, 3)
  print *, held(list), list
  call grown(list, 2)
  print *, held(list), list
  print *, '[', day(3), ']', '[', upper('Aussaguel, passe 3'), ']', '[', upper(''), ']'
  print '(5f8.3)', ramp(5, 1.5d0)
  print '(5f8.3)', ramp(2, -0.25d0)
  call mean(4, x, a)
  print '(f10.5)', a
  call spread(7, x, a)
  print '(f10.5)', a
end program
