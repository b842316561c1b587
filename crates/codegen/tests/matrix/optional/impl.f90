! The routine of the contract, with C's ABI.
module optional_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: point
    real(c_double) :: x, y
  end type point
contains
  function there(by, out, p) result(answer) bind(c, name='optional_present')
    type(c_ptr), value :: by, out, p
    integer(c_int32_t) :: answer
    real(c_double), pointer :: number
    type(point), pointer :: at
    real(c_double) :: k
    k = 1
    answer = 0
    if (c_associated(by)) then
      call c_f_pointer(by, number)
      k = number
      answer = 1
    end if
    if (c_associated(out)) then
      call c_f_pointer(out, number)
      number = 10 * k
      answer = answer + 2
    end if
    if (c_associated(p)) then
      call c_f_pointer(p, at)
      at%x = at%x + k
      answer = answer + 4
    end if
  end function there
end module optional_impl
