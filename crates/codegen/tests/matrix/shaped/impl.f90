! The routines of the contract.
function shaped_total(x, w) result(answer)
  implicit none
  double precision, intent(in) :: x(:)
  double precision, intent(in), optional :: w(:)
  double precision :: answer
  if (present(w)) then
    answer = dot_product(x, w)
  else
    answer = sum(x)
  end if
end function shaped_total

subroutine shaped_ramp(x, first)
  implicit none
  integer, intent(out) :: x(:)
  integer, intent(in) :: first
  integer :: i
  do i = 1, size(x)
    x(i) = first + i - 1
  end do
end subroutine shaped_ramp

subroutine shaped_add(m, k)
  implicit none
  double precision, intent(inout) :: m(:, :)
  double precision, intent(in) :: k
  integer :: i, j
  do j = 1, size(m, 2)
    do i = 1, size(m, 1)
      m(i, j) = m(i, j) + 100 * i + 10 * (j - 1) + k
    end do
  end do
end subroutine shaped_add
