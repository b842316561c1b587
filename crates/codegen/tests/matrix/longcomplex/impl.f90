! The routines of the contract, with C's ABI.
module longcomplex_impl
  use, intrinsic :: iso_c_binding
  implicit none
contains
  function conjugate(z) result(answer) bind(c, name='longcomplex_conjugate')
    complex(c_long_double_complex), value :: z
    complex(c_long_double_complex) :: answer
    answer = conjg(z)
  end function conjugate

  subroutine swap(z) bind(c, name='longcomplex_swap')
    complex(c_long_double_complex), intent(inout) :: z
    z = cmplx(aimag(z), real(z), c_long_double)
  end subroutine swap
end module longcomplex_impl
