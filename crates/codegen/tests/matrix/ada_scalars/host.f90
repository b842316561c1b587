program host
  use, intrinsic :: iso_c_binding, only: c_double, c_float, c_int8_t, c_int16_t, c_int32_t
  use ada_scalars
  implicit none
  type(slope_return) :: s
  type(split_return) :: parts
  logical :: warning
  call show_filter(filter(2.0_c_double, 1.0_c_double, 0.5_c_double))
  call show_filter(filter(10.0_c_double, 1.0_c_double, 0.5_c_double))
  call show_follows(follows(5_c_int32_t, 5_c_int32_t))
  call show_follows(follows(9_c_int32_t, 6_c_int32_t))
  s = slope(1.0_c_float, 2.0_c_float)
  print '(a, 2(1x, i0))', 'slope', int(100 * s%slope), int(100 * s%rest)
  parts = split(2.25_c_double)
  print '(a, 2(1x, i0))', 'split', int(100 * parts%whole), int(100 * parts%part)
  call show_advance(advance(.false., mode_acquisition))
  call show_advance(advance(.true., mode_normal))
  call show_advance(advance(.true., mode_survival))
  print '(a, 1x, i0)', 'step', step(7_c_int32_t, 5_c_int32_t)
  print '(a, 1x, i0)', 'measure', nint(100 * measure(2_c_int8_t))
  print '(a, 4(1x, i0))', 'next', next(equipment_off), next(equipment_standby), next(equipment_on), next(equipment_failed)
  print '(a, 2(1x, i0))', 'code', code(1.25_c_double), code(-1000.0_c_double)
  print '(a, 1x, i0)', 'decode', nint(100000 * decode(160_c_int16_t, 1000_c_int16_t))
  print '(a, 1x, i0)', 'command', command(45.0_c_double)
  print '(a, 1x, i0)', 'command', saturated(91.0_c_double)
  if (.not. warning) print *, 'a warning'
  print '(a, 1x, i0)', 'command', command(-1.0_c_double)
contains
  function saturated(angle) result(answer)
    real(c_double), intent(in) :: angle
    integer(c_int32_t) :: answer
    answer = command(angle, warning)
  end function saturated

  subroutine show_filter(r)
    type(filter_return), intent(in) :: r
    print '(a, 3(1x, i0))', 'filter', int(100 * r%value_), int(100 * r%memory), merge(1, 0, r%jump)
  end subroutine show_filter

  subroutine show_follows(r)
    type(follows_return), intent(in) :: r
    print '(a, 3(1x, i0))', 'follows', merge(1, 0, r%retval), r%expected, r%lost
  end subroutine show_follows

  subroutine show_advance(r)
    type(advance_return), intent(in) :: r
    print '(a, 2(1x, i0))', 'advance', r%state, merge(1, 0, r%changed)
  end subroutine show_advance
end program host
