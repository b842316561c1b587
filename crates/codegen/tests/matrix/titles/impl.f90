! The routines of the contract, as Fortran 77 has them.
function titles_day(n) result(answer)
  implicit none
  integer, intent(in) :: n
  character(len=8) :: answer
  character(len=8), parameter :: names(7) = &
      ['lundi   ', 'mardi   ', 'mercredi', 'jeudi   ', 'vendredi', 'samedi  ', 'dimanche']
  answer = names(1 + modulo(n - 1, 7))
end function titles_day

function titles_find(table, n, name) result(answer)
  implicit none
  integer, intent(in) :: n
  character(len=4), intent(in) :: table(n)
  character(len=*), intent(in) :: name
  integer :: answer
  do answer = 1, n
    if (table(answer) == name) return
  end do
  answer = 0
end function titles_find

subroutine titles_next(letter)
  implicit none
  character(len=1), intent(inout) :: letter
  letter = achar(iachar(letter) + 1)
end subroutine titles_next
