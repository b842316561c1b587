! The routines of the contract, with GNAT's ABI: a fat pointer is the addresses of the data and of the bounds.
module ada_arrays_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: fat
    type(c_ptr) :: data, bounds
  end type fat
contains
  ! The elements, with Ada's bounds.
  subroutine reals(f, x, first)
    type(fat), intent(in) :: f
    real(c_double), pointer, intent(out) :: x(:)
    integer(c_int32_t), intent(out) :: first
    integer(c_int32_t), pointer :: bounds(:)
    call c_f_pointer(f%bounds, bounds, [2])
    first = bounds(1)
    call c_f_pointer(f%data, x, [max(0, bounds(2) - bounds(1) + 1)])
  end subroutine reals

  subroutine characters(f, x)
    type(fat), intent(in) :: f
    character(kind=c_char), pointer, intent(out) :: x(:)
    integer(c_int32_t), pointer :: bounds(:)
    call c_f_pointer(f%bounds, bounds, [2])
    call c_f_pointer(f%data, x, [max(0, bounds(2) - bounds(1) + 1)])
  end subroutine characters

  function total(v) result(answer) bind(c, name='ada_arrays__sum')
    type(fat), value :: v
    real(c_double) :: answer
    real(c_double), pointer :: x(:)
    integer(c_int32_t) :: first
    call reals(v, x, first)
    answer = sum(x)
  end function total

  function greatest(v) result(answer) bind(c, name='ada_arrays__greatest')
    type(fat), value :: v
    integer(c_int32_t) :: answer
    real(c_double), pointer :: x(:)
    integer(c_int32_t) :: first
    call reals(v, x, first)
    answer = first - 1 + int(maxloc(x, dim=1), c_int32_t)
  end function greatest

  subroutine scaled(v, k) bind(c, name='ada_arrays__scale')
    type(fat), value :: v
    real(c_double), value :: k
    real(c_double), pointer :: x(:)
    integer(c_int32_t) :: first
    call reals(v, x, first)
    x = k * x
  end subroutine scaled

  subroutine number(v) bind(c, name='ada_arrays__number')
    type(fat), value :: v
    integer(c_int32_t), pointer :: bounds(:), x(:)
    integer :: i
    call c_f_pointer(v%bounds, bounds, [2])
    call c_f_pointer(v%data, x, [max(0, bounds(2) - bounds(1) + 1)])
    x = [(i, i = bounds(1), bounds(2))]
  end subroutine number

  subroutine upper(s, t) bind(c, name='ada_arrays__upper')
    type(fat), value :: s, t
    character(kind=c_char), pointer :: from(:), to(:)
    integer :: i
    call characters(s, from)
    call characters(t, to)
    to = ' '
    do i = 1, min(size(from), size(to))
      to(i) = from(i)
      if (from(i) >= 'a' .and. from(i) <= 'z') to(i) = achar(iachar(from(i)) - 32)
    end do
  end subroutine upper

  function tally(c, s) result(answer) bind(c, name='ada_arrays__tally')
    character(kind=c_char), value :: c
    type(fat), value :: s
    integer(c_int32_t) :: answer
    character(kind=c_char), pointer :: x(:)
    call characters(s, x)
    answer = count(x == c)
  end function tally

  function moment(m) result(answer) bind(c, name='ada_arrays__moment')
    type(fat), value :: m
    real(c_double) :: answer
    integer(c_int32_t), pointer :: bounds(:)
    real(c_double), pointer :: x(:, :)
    integer :: j
    call c_f_pointer(m%bounds, bounds, [4])
    ! Ada's last index varies fastest.
    call c_f_pointer(m%data, x, [bounds(4) - bounds(3) + 1, bounds(2) - bounds(1) + 1])
    answer = 0
    do j = 1, size(x, 1)
      answer = answer + (bounds(3) + j - 1) * sum(x(j, :))
    end do
  end function moment

  function checksum(o) result(answer) bind(c, name='ada_arrays__checksum')
    type(fat), value :: o
    integer(c_int32_t) :: answer
    integer(c_int8_t), pointer :: bounds(:), x(:)
    integer :: n
    call c_f_pointer(o%bounds, bounds, [2])
    n = iand(int(bounds(2)), 255) - iand(int(bounds(1)), 255) + 1
    call c_f_pointer(o%data, x, [max(0, n)])
    answer = sum(iand(int(x, c_int32_t), 255))
  end function checksum

  function apart(a, b, v, c, w, d) result(answer) bind(c, name='ada_arrays__apart')
    integer(c_int32_t), value :: a, b, c, d
    type(fat), value :: v, w
    real(c_double) :: answer
    answer = (a + b + c + d) * total(w) + 5 * total(v)
  end function apart
end module ada_arrays_impl
