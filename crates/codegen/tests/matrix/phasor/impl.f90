! The routines of the contract, with C's ABI.
module complex_impl
  use, intrinsic :: iso_c_binding
  implicit none
contains
  function turn(z) result(answer) bind(c, name='phasor_turn')
    complex(c_double_complex), value :: z
    complex(c_double_complex) :: answer
    answer = cmplx(-aimag(z), real(z), c_double)
  end function turn

  function turn_single(z, k) result(answer) bind(c, name='phasor_turn_single')
    complex(c_float_complex), value :: z
    real(c_float), value :: k
    complex(c_float_complex) :: answer
    answer = k * cmplx(-aimag(z), real(z), c_float)
  end function turn_single

  subroutine scaled(z, by) bind(c, name='phasor_scale')
    complex(c_double_complex), intent(inout) :: z
    complex(c_double_complex), intent(in) :: by
    z = z * by
  end subroutine scaled

  function total(z, n) result(answer) bind(c, name='phasor_sum')
    integer(c_int32_t), value :: n
    complex(c_double_complex), intent(in) :: z(n)
    complex(c_double_complex) :: answer
    answer = sum(z)
  end function total
end module complex_impl
