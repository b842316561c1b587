! The routines of the contract, with C's ABI.
module handles_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type :: counter
    integer(c_int32_t) :: value, step
  end type counter
  integer(c_int32_t), private :: count = 0
contains
  function opened(first, step) result(answer) bind(c, name='handles_open')
    integer(c_int32_t), value :: first, step
    type(c_ptr) :: answer
    type(counter), pointer :: c
    allocate(c)
    c = counter(first, step)
    count = count + 1
    answer = c_loc(c)
  end function opened

  function next(address) result(answer) bind(c, name='handles_next')
    type(c_ptr), value :: address
    integer(c_int32_t) :: answer
    type(counter), pointer :: c
    call c_f_pointer(address, c)
    answer = c%value
    c%value = c%value + c%step
  end function next

  function change(address, step) result(answer) bind(c, name='handles_change')
    type(c_ptr), value :: address
    integer(c_int32_t), value :: step
    integer(c_int32_t) :: answer
    type(counter), pointer :: c
    answer = -1
    if (step == 0) return
    call c_f_pointer(address, c)
    c%step = step
    answer = 0
  end function change

  subroutine closed(address) bind(c, name='handles_close')
    type(c_ptr), value :: address
    type(counter), pointer :: c
    call c_f_pointer(address, c)
    deallocate(c)
    count = count - 1
  end subroutine closed

  function living() result(answer) bind(c, name='handles_living')
    integer(c_int32_t) :: answer
    answer = count
  end function living
end module handles_impl
