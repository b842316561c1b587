! The routines of the contract, as Fortran 77 has them.
function grids_trace(a, lda, n) result(answer)
  implicit none
  integer, intent(in) :: lda, n
  double precision, intent(in) :: a(lda, n)
  double precision :: answer
  integer :: i
  answer = 0
  do i = 1, min(lda, n)
    answer = answer + a(i, i)
  end do
end function grids_trace

subroutine grids_transpose(m, n, a, b)
  implicit none
  integer, intent(in) :: m, n
  double precision, intent(in) :: a(m, n)
  double precision, intent(out) :: b(n, m)
  b = transpose(a)
end subroutine grids_transpose

subroutine grids_scale(n, x, factor)
  implicit none
  integer, intent(in) :: n
  double precision, intent(inout) :: x(n)
  double precision, intent(in) :: factor
  x = factor * x
end subroutine grids_scale

function grids_horner(n, c, z) result(answer)
  implicit none
  integer, intent(in) :: n
  complex(8), intent(in) :: c(0:n), z
  complex(8) :: answer
  integer :: i
  answer = c(n)
  do i = n - 1, 0, -1
    answer = answer * z + c(i)
  end do
end function grids_horner

function grids_count(flags, n) result(answer)
  implicit none
  integer, intent(in) :: n
  logical, intent(in) :: flags(n)
  integer :: answer
  answer = count(flags)
end function grids_count
