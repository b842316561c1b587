! The routines of the contract, with C's ABI.
module texts_impl
  use, intrinsic :: iso_c_binding
  implicit none
contains
  function length(text) result(answer) bind(c, name='texts_length')
    character(kind=c_char), intent(in) :: text(*)
    integer(c_int32_t) :: answer
    answer = 0
    do while (text(answer + 1) /= c_null_char)
      answer = answer + 1
    end do
  end function length

  subroutine upper(text, n) bind(c, name='texts_upper')
    integer(c_int32_t), value :: n
    character(kind=c_char), intent(inout) :: text(n)
    integer :: i
    do i = 1, n
      if (text(i) >= 'a' .and. text(i) <= 'z') text(i) = achar(iachar(text(i)) - 32)
    end do
  end subroutine upper

  function join(first, second, joined, room) result(answer) bind(c, name='texts_join')
    character(kind=c_char), intent(in) :: first(*), second(*)
    integer(c_int32_t), value :: room
    character(kind=c_char), intent(inout) :: joined(room)
    integer(c_int32_t) :: answer
    integer :: i, n, m
    n = length(first)
    m = length(second)
    answer = -1
    if (room < 1 .or. n + m == 0) return
    do i = 1, room
      joined(i) = ' '
      if (i <= n) then
        joined(i) = first(i)
      else if (i <= n + m) then
        joined(i) = second(i - n)
      end if
    end do
    answer = merge(1, 0, n + m > room)
  end function join

  subroutine stamp(label, number) bind(c, name='texts_stamp')
    character(kind=c_char), intent(out) :: label(8)
    integer(c_int32_t), value :: number
    integer(c_int32_t) :: rest
    integer :: i
    label(1:2) = ['T', 'M']
    rest = number
    do i = 8, 3, -1
      label(i) = achar(iachar('0') + mod(rest, 10))
      rest = rest / 10
    end do
  end subroutine stamp
end module texts_impl
