program host
  use, intrinsic :: iso_c_binding, only: c_bool, c_double, c_int8_t, c_int16_t, c_int32_t, c_int64_t
  use ada_records
  implicit none
  type(limit) :: l, four
  type(track) :: t
  type(pair) :: p
  type(battery) :: b
  type(load_return) :: loaded
  type(word) :: w
  type(mask) :: m
  type(decimal) :: d
  type(vector_value) :: v
  real(c_double) :: state_excess
  character(len=8) :: name
  l = made(kind_band, 1.0_c_double, 2.0_c_double)
  four = made(kind_state, 0.0_c_double, 0.0_c_double)
  four%words(2) = 3
  state_excess = excess(four, 4.0_c_double)
  four = made(kind_low, 1.0_c_double, 0.0_c_double)
  print '(a, 4(1x, i0))', 'excess', int(100 * excess(l, 2.5_c_double)), int(100 * excess(l, 1.5_c_double)), &
      int(100 * excess(four, 0.75_c_double)), int(100 * state_excess)
  call become(l, kind_low, .false.)
  print '(a, 3(1x, i0))', 'become', kind_of(l), persistence(l), hundred(l, 2)
  l = made(kind_band, 1.0_c_double, 2.0_c_double)
  call become(l, kind_low, .true.)
  print '(a, 3(1x, i0))', 'become', kind_of(l), hundred(l, 2), hundred(l, 3)
  l = standard(7_c_int32_t)
  print '(a, 3(1x, i0))', 'standard', kind_of(l), persistence(l), iand(l%words(2), 4294967295_c_int64_t)
  l = standard(2_c_int32_t)
  print '(a, 3(1x, i0))', 'standard', kind_of(l), hundred(l, 2), hundred(l, 3)
  t%position = [1, 2, 3]
  t%rank = 7_c_int16_t
  call text_to_chars('x', t%name, ' ')
  t%valid = .false._c_bool
  call advance(t, 0.5_c_double)
  call chars_to_text(t%name, name, ' ')
  print '(a, 4(1x, i0), 1x, a, 1x, i0)', 'advance', int(100 * t%position), t%rank, trim(name), merge(1, 0, t%valid)
  p = swap(pair(-7_c_int32_t, 8_c_int32_t))
  print '(a, 2(1x, i0))', 'swap', p%first, p%second
  b = battery(charge=1000_c_int32_t, cycles=3_c_int32_t, discharging=.true._c_bool)
  loaded = load(b, 500_c_int32_t)
  call show(loaded)
  loaded = load(loaded%b, 1000_c_int32_t)
  call show(loaded)
  w = decode(10964_c_int16_t)
  print '(a, 4(1x, i0))', 'decode', ibits(w%bits_0, 0, 4), ibits(w%bits_0, 4, 3), ibits(w%bits_0, 7, 1), w%counter
  print '(a, 1x, i0)', 'encode', encode(w)
  m%words = -32735_c_int16_t
  print '(a, 1x, i0)', 'ones', ones(m)
  d%words = 1985229328_c_int32_t
  print '(a, 1x, i0)', 'number', number(d)
  v = cross([1.0_c_double, 2.0_c_double, 3.0_c_double], [4.0_c_double, 5.0_c_double, 6.0_c_double])
  print '(a, 3(1x, i0))', 'cross', int(100 * v%value_)
contains
  ! A record with variants has no Fortran type: these are its words.
  function made(kind_wanted, least, most) result(answer)
    integer(c_int8_t), intent(in) :: kind_wanted
    real(c_double), intent(in) :: least, most
    type(limit) :: answer
    answer%words(1) = ior(int(kind_wanted, c_int64_t), ishft(3_c_int64_t, 32))
    answer%words(2) = transfer(least, 1_c_int64_t)
    answer%words(3) = transfer(most, 1_c_int64_t)
  end function made

  function kind_of(l) result(answer)
    type(limit), intent(in) :: l
    integer :: answer
    answer = int(iand(l%words(1), 255_c_int64_t))
  end function kind_of

  function persistence(l) result(answer)
    type(limit), intent(in) :: l
    integer :: answer
    answer = int(ishft(l%words(1), -32))
  end function persistence

  function hundred(l, i) result(answer)
    type(limit), intent(in) :: l
    integer, intent(in) :: i
    integer :: answer
    answer = int(100 * transfer(l%words(i), 1.0_c_double))
  end function hundred

  subroutine show(r)
    type(load_return), intent(in) :: r
    print '(a, 4(1x, i0))', 'load', r%b%charge, r%b%cycles, merge(1, 0, r%b%discharging), merge(1, 0, r%full)
  end subroutine show
end program host
