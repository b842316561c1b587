! The routines of the contract, with C's ABI.
module callbacks_impl
  use, intrinsic :: iso_c_binding
  implicit none
  abstract interface
    function integrand(x, user) result(answer) bind(c)
      import
      real(c_double), value :: x
      type(c_ptr), value :: user
      real(c_double) :: answer
    end function integrand
    function visitor(rank, value, user) result(answer) bind(c)
      import
      integer(c_int32_t), value :: rank
      integer(c_int32_t), intent(inout) :: value
      type(c_ptr), value :: user
      integer(c_int32_t) :: answer
    end function visitor
  end interface
contains
  function integrate(f, user, from, to, steps) result(answer) bind(c, name='callbacks_integrate')
    procedure(integrand) :: f
    type(c_ptr), value :: user
    real(c_double), value :: from, to
    integer(c_int32_t), value :: steps
    real(c_double) :: answer, width
    integer :: i
    width = (to - from) / steps
    answer = 0
    do i = 0, steps - 1
      answer = answer + width * f(from + (i + 0.5_c_double) * width, user)
    end do
  end function integrate

  function each(values, n, visit, user) result(answer) bind(c, name='callbacks_each')
    integer(c_int32_t), value :: n
    integer(c_int32_t), intent(inout) :: values(n)
    procedure(visitor) :: visit
    type(c_ptr), value :: user
    integer(c_int32_t) :: answer
    do answer = 0, n - 1
      if (visit(answer + 1_c_int32_t, values(answer + 1), user) /= 0) return
    end do
    answer = n
  end function each
end module callbacks_impl
