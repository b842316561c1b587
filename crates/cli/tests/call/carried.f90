module carried
contains
  subroutine weigh(a, b, total)
    real(8), intent(in) :: a(:, :)
    integer, intent(inout) :: b(:)
    real(8), intent(out) :: total
    integer :: i, j
    total = 0
    do j = 1, size(a, 2)
       do i = 1, size(a, 1)
          total = total + a(i, j)*(10*i + j)
       end do
    end do
    b = b*size(a, 1)
  end subroutine weigh
end module carried
program main
  use carried
  real(8) :: t
  integer :: b(1) = 1
  call weigh(reshape([1d0, 2d0, 3d0, 4d0], [2, 2]), b, t)
end program main
