! The routines of the contract, with C's ABI.
module longdouble_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: sample
    real(c_long_double) :: value
    real(c_double) :: weight
  end type sample
contains
  function total(x, k, y) result(answer) bind(c, name='longdouble_sum')
    real(c_long_double), value :: x, y
    integer(c_int32_t), value :: k
    real(c_long_double) :: answer
    answer = x + k * y
  end function total

  subroutine add(x, y) bind(c, name='longdouble_add')
    real(c_long_double), intent(inout) :: x
    real(c_double), value :: y
    x = x + y
  end subroutine add

  subroutine weigh(s) bind(c, name='longdouble_weigh')
    type(sample), intent(inout) :: s
    s%value = s%value * s%weight
    s%weight = s%weight / 2
  end subroutine weigh
end module longdouble_impl
