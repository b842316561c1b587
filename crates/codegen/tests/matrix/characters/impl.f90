! The routines of the contract, as Fortran 77 has them.
subroutine characters_join(first, second, joined, ier)
  implicit none
  character(len=*), intent(in) :: first, second
  character(len=*), intent(out) :: joined
  integer, intent(out) :: ier
  ier = merge(1, 0, len_trim(first) + len_trim(second) > len(joined))
  joined = trim(first)//trim(second)
end subroutine characters_join

subroutine characters_count(text, n, letters)
  implicit none
  character(len=*), intent(in) :: text, letters
  integer, intent(out) :: n
  integer :: i
  n = 0
  do i = 1, len(text)
    if (index(letters, text(i:i)) > 0) n = n + 1
  end do
end subroutine characters_count

subroutine characters_upper(text)
  implicit none
  character(len=*), intent(inout) :: text
  integer :: i
  do i = 1, len(text)
    if (text(i:i) >= 'a' .and. text(i:i) <= 'z') text(i:i) = achar(iachar(text(i:i)) - 32)
  end do
end subroutine characters_upper
