! Assumed-shape arrays: written in full, and in part.
module m
 implicit none
contains
 subroutine twice(a, b)
  real(8), intent(in) :: a(:)
  real(8), intent(out) :: b(:)
  integer :: i
  do i = 1, size(a)
   b(i) = a(i) * 2
  end do
 end subroutine
 subroutine sparse(b)
  real(8), intent(inout) :: b(:)
  integer :: i
  do i = 1, size(b), 2
   b(i) = i
  end do
 end subroutine
end module
program p
 use m
 implicit none
 real(8) :: a(20), b(20)
 integer :: i
 do i = 1, 20
  a = i * 1.5d0
  b = 0
  call twice(a(1:i), b(1:i))
  call sparse(b(1:i))
  print *, b(1)
 end do
end program
