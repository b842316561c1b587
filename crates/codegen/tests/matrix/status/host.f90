program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int8_t, c_int32_t
  use status
  implicit none
  call show_verdict(200_c_int32_t, .false.)
  call show_verdict(300_c_int32_t, .true.)
  call show_verdict(-1_c_int32_t, .false.)
  call show_root(9.0_c_double, .false.)
  call show_root(2.0_c_double, .true.)
  call show_root(-4.0_c_double, .false.)
contains
  subroutine show_verdict(x, doubtful)
    integer(c_int32_t), intent(in) :: x
    logical, intent(in) :: doubtful
    integer(c_int8_t) :: copy
    integer(c_int32_t) :: v
    logical :: warning
    copy = 7_c_int8_t
    v = status_verify(x, copy, warning)
    if ((warning .neqv. doubtful) .or. (doubtful .neqv. v == verdict_doubtful)) print *, 'the warning of', x
    print '(a, 2(1x, i0))', 'verify', v, iand(int(copy), 255)
  end subroutine show_verdict

  subroutine show_root(x, uncertain)
    real(c_double), intent(in) :: x
    logical, intent(in) :: uncertain
    integer(c_int32_t) :: ier
    real(c_double) :: n
    logical :: warning
    n = root(x, ier, warning)
    if (warning .neqv. uncertain) print *, 'the warning of', x
    if (ier < 0) then
      print '(a, 1x, i0)', 'root', ier
    else
      print '(a, 2(1x, i0))', 'root', ier, int(100 * n)
    end if
  end subroutine show_root
end program host
