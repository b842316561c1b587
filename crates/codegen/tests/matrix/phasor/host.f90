program host
  use, intrinsic :: iso_c_binding, only: c_double, c_double_complex, c_float, c_float_complex
  use phasor
  implicit none
  complex(c_double_complex) :: z, list(3)
  complex(c_float_complex) :: s
  call show('turn', turn((3.0_c_double, 4.0_c_double)))
  s = turn_single((0.25_c_float, 0.75_c_float), 2.0_c_float)
  print '(a, 2(1x, i0))', 'turn_single', int(100 * real(s)), int(100 * aimag(s))
  z = (3.0_c_double, 4.0_c_double)
  call phasor_scale(z, (1.0_c_double, 2.0_c_double))
  call show('scale', z)
  list = [(1.0_c_double, 0.5_c_double), (2.0_c_double, -1.0_c_double), (3.0_c_double, -2.0_c_double)]
  call show('sum', phasor_sum(list))
contains
  subroutine show(name, z)
    character(len=*), intent(in) :: name
    complex(c_double_complex), intent(in) :: z
    print '(a, 2(1x, i0))', name, int(100 * real(z)), int(100 * aimag(z))
  end subroutine show
end program host
