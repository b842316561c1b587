! The routines of the contract.
module modules_m
  implicit none
  type :: pair
    double precision :: x
    integer :: n
  end type pair
contains
  subroutine swap(a, b)
    type(pair), intent(inout) :: a, b
    type(pair) :: c
    c = a
    a = b
    b = c
  end subroutine swap

  function heaviest(list, place) result(answer)
    type(pair), intent(in) :: list(:)
    integer, intent(out), optional :: place
    double precision :: answer
    answer = maxval(list%x)
    if (present(place)) place = maxloc(list%x, dim=1)
  end function heaviest

  subroutine label(n, text)
    integer, intent(in) :: n
    character(len=*), intent(out) :: text
    text = 'n='//achar(iachar('0') + n)
  end subroutine label

  function positive(x) result(answer)
    double precision, intent(in) :: x
    logical :: answer
    answer = x > 0
  end function positive
end module modules_m
