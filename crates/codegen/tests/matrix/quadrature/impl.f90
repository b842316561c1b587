! The routines of the contract, as Fortran 77 has them.
function quadrature_simpson(f, a, b, n) result(answer)
  implicit none
  interface
    function f(x)
      double precision, intent(in) :: x
      double precision :: f
    end function f
  end interface
  double precision, intent(in) :: a, b
  integer, intent(in) :: n
  double precision :: answer, h
  integer :: i
  h = (b - a) / (2 * n)
  answer = f(a) + f(b)
  do i = 1, 2 * n - 1
    answer = answer + merge(4, 2, mod(i, 2) == 1) * f(a + i * h)
  end do
  answer = answer * h / 3
end function quadrature_simpson

subroutine quadrature_walk(g, dt, n, x)
  implicit none
  interface
    subroutine g(t, v)
      double precision, intent(in) :: t
      double precision, intent(out) :: v(2)
    end subroutine g
  end interface
  double precision, intent(in) :: dt
  integer, intent(in) :: n
  double precision, intent(inout) :: x(2)
  double precision :: v(2)
  integer :: i
  do i = 0, n - 1
    call g(i * dt, v)
    x = x + dt * v
  end do
end subroutine quadrature_walk
