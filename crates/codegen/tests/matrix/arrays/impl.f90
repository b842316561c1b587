! The routines of the contract, with C's ABI.
module arrays_impl
  use, intrinsic :: iso_c_binding
  implicit none
contains
  function dot(a, b, n) result(answer) bind(c, name='arrays_dot')
    integer(c_int32_t), value :: n
    real(c_double), intent(in) :: a(n), b(n)
    real(c_double) :: answer
    answer = dot_product(a, b)
  end function dot

  subroutine fill(out, n, value) bind(c, name='arrays_fill')
    integer(c_int64_t), value :: n
    real(c_double), intent(out) :: out(n)
    real(c_double), value :: value
    out = value
  end subroutine fill

  function window(x, m) result(answer) bind(c, name='arrays_window')
    integer(c_int32_t), value :: m
    integer(c_int32_t), intent(in) :: x(2 * m - 1)
    integer(c_int64_t) :: answer
    answer = sum(int(x, c_int64_t))
  end function window

  subroutine row_sums(m, rows, sums) bind(c, name='arrays_row_sums')
    integer(c_int32_t), value :: rows
    real(c_double), intent(in) :: m(3, rows)
    real(c_double), intent(out) :: sums(rows)
    sums = sum(m, dim=1)
  end subroutine row_sums

  subroutine cross(a, b, c) bind(c, name='arrays_cross')
    real(c_double), intent(in) :: a(3), b(3)
    real(c_double), intent(out) :: c(3)
    c = [a(2) * b(3) - a(3) * b(2), a(3) * b(1) - a(1) * b(3), a(1) * b(2) - a(2) * b(1)]
  end subroutine cross

  function parse(text, value) result(answer) bind(c, name='arrays_parse')
    character(kind=c_char), intent(in) :: text(*)
    integer(c_int32_t), intent(inout) :: value
    integer(c_int32_t) :: answer
    integer(c_int32_t) :: number
    integer :: i
    number = 0
    i = 1
    do while (text(i) >= '0' .and. text(i) <= '9')
      number = 10 * number + ichar(text(i)) - ichar('0')
      i = i + 1
    end do
    answer = -2
    if (i == 1) return
    value = number
    answer = merge(0, 1, text(i) == c_null_char)
  end function parse

  subroutine divide(a, b, q, ier) bind(c, name='arrays_divide')
    real(c_double), value :: a, b
    real(c_double), intent(inout) :: q
    integer(c_int32_t), intent(out) :: ier
    ier = -1
    if (.not. (b < 0 .or. b > 0)) return
    ier = merge(0, 2, a < 0 .or. a > 0)
    q = a / b
  end subroutine divide

  function stamp(buf, n) result(answer) bind(c, name='arrays_stamp')
    integer(c_int32_t), value :: n
    character(kind=c_char), intent(out) :: buf(n)
    integer(c_int32_t) :: answer
    integer :: i
    do i = 1, n
      buf(i) = achar(ichar('A') + mod(i - 1, 26))
    end do
    answer = n
  end function stamp
end module arrays_impl
