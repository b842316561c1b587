! The routines of the contract, with C's ABI.
module status_impl
  use, intrinsic :: iso_c_binding
  implicit none
contains
  function verdict(x, copy) result(answer) bind(c, name='status_verify')
    integer(c_int32_t), intent(in) :: x
    integer(c_int8_t), intent(inout) :: copy
    integer(c_int32_t) :: answer
    answer = 5
    if (x < 0) return
    copy = transfer(iand(x, 255), copy)
    answer = merge(1, 0, x > 255)
  end function verdict

  function root(x, ier) result(answer) bind(c, name='status_root')
    real(c_double), value :: x
    integer(c_int32_t), intent(out) :: ier
    real(c_double) :: answer
    answer = 0
    ier = -1
    if (x < 0) return
    answer = aint(sqrt(x))
    ier = merge(3, 0, answer * answer < x)
  end function root
end module status_impl
