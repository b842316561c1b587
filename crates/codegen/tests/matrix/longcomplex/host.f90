program host
  use, intrinsic :: iso_c_binding, only: c_long_double, c_long_double_complex
  use longcomplex
  implicit none
  complex(c_long_double_complex) :: z
  z = (1.5_c_long_double, 2.5_c_long_double)
  call show('conjugate', conjugate(z))
  call swap(z)
  call show('swap', z)
contains
  subroutine show(name, z)
    character(len=*), intent(in) :: name
    complex(c_long_double_complex), intent(in) :: z
    print '(a, 2(1x, i0))', name, int(100 * real(z)), int(100 * aimag(z))
  end subroutine show
end program host
