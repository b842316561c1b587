program host
  use, intrinsic :: iso_c_binding, only: c_float, c_int32_t, c_int64_t
  use bits
  implicit none
  type(header) :: h
  type(word) :: w
  integer(c_int32_t) :: gain
  print '(a, 3(1x, i0))', 'modes', mode_off, mode_on, mode_safe
  print '(a, 3(1x, i0))', 'next_mode', next_mode(mode_off, .false.), next_mode(mode_on, .true.), &
      next_mode(mode_safe, .false.)
  h%words = 0
  call put(h%words(1), 0, 2, 3)
  call put(h%words(1), 2, 10, 1000)
  call put(h%words(1), 12, 5, 7)
  call put(h%words(1), 24, 8, 165)
  call put(h%words(2), 0, 16, 250)
  call put(h%words(3), 0, 20, 700)
  call put(h%words(3), 24, 4, 15)
  call retune(h, -5_c_int32_t)
  gain = ibits(h%words(1), 12, 5)
  if (gain >= 16) gain = gain - 32
  print '(a, 7(1x, i0))', 'retune', ibits(h%words(1), 0, 2), ibits(h%words(1), 2, 10), gain, &
      ibits(h%words(1), 24, 8), ibits(h%words(2), 0, 16) - 65536, ibits(h%words(3), 0, 20), ibits(h%words(3), 24, 4)
  call put(h%words(2), 0, 16, 987)
  call put(h%words(1), 12, 5, 0)
  call put(h%words(1), 24, 8, 85)
  print '(a, 1x, i0)', 'digest', digest(h)
  w%words = 1082130431
  print '(a, 1x, i0)', 'inverse', iand(int(inverse(w), c_int64_t), 4294967295_c_int64_t)
  call set_real(w, 1.5_c_float)
  print '(a, 2(1x, i0))', 'set_real', w%words, int(100 * transfer(w%words(1), 1.0_c_float))
contains
  subroutine put(unit, first, count, value)
    integer(c_int32_t), intent(inout) :: unit
    integer, intent(in) :: first, count, value
    call mvbits(int(value, c_int32_t), 0, count, unit, first)
  end subroutine put
end program host
