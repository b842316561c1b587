! The routines of the contract, with C's ABI.
module nested_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: point
    real(c_double) :: x, y
  end type point
  type, bind(c) :: grid
    integer(c_int32_t) :: cells(3, 2)
    type(point) :: corners(2)
    character(kind=c_char) :: label(4)
    real(c_double) :: level
  end type grid
contains
  subroutine transform(g, by) bind(c, name='nested_transform')
    type(grid), intent(inout) :: g
    real(c_double), value :: by
    integer :: i
    g%cells = int(g%cells * by, c_int32_t)
    g%corners%x = by * g%corners%x
    g%corners%y = by * g%corners%y
    do i = 1, 4
      g%label(i) = achar(iachar(g%label(i)) + 1)
    end do
    g%level = g%level / by
  end subroutine transform

  function total(g) result(answer) bind(c, name='nested_total')
    type(grid), value :: g
    real(c_double) :: answer
    answer = g%level + sum(g%cells) + sum(g%corners%x) + sum(g%corners%y) &
        + (iachar(g%label(4)) - iachar(g%label(1))) * 0.5_c_double
  end function total

  function raised(g, by) result(answer) bind(c, name='nested_raised')
    type(grid), value :: g
    real(c_double), value :: by
    type(grid) :: answer
    answer = g
    answer%level = g%level + by
  end function raised

  subroutine centre(p, n, c) bind(c, name='nested_centre')
    integer(c_int32_t), value :: n
    type(point), intent(in) :: p(n)
    type(point), intent(out) :: c
    c = point(sum(p%x) / n, sum(p%y) / n)
  end subroutine centre

  subroutine transposed(a, b) bind(c, name='nested_transpose')
    real(c_double), intent(in) :: a(3, 2)
    real(c_double), intent(out) :: b(2, 3)
    b = transpose(a)
  end subroutine transposed
end module nested_impl
