module m
  implicit none
  integer, save :: counter = 0
  type bulletin
    real(8) :: a, e
    integer :: n
    character(len=8) :: name
    real(8) :: v(3)
  end type
contains
  subroutine prop(b, dt, v, ier)
    type(bulletin), intent(inout) :: b
    real(8), value :: dt
    real(8), intent(in) :: v(:)
    integer, intent(out), optional :: ier
    b%a = b%a + dt*v(1)
    counter = counter + 1
    if (present(ier)) ier = 0
  end subroutine
  function adj(n, x, k, m) result(r)
    integer, intent(in) :: n, k, m
    real(8), intent(in) :: x(k:n, -1:m)
    real(8) :: r(n)
    r = x(k,1)
  end function
  integer function byval(i, l, c) bind(c, name="by_val")
    use iso_c_binding
    integer(c_int), value :: i
    logical(c_bool), value :: l
    character(kind=c_char), value :: c
    byval = i
    if (l) byval = 2
  end function
  subroutine many(a,b,c,d,e,f,g,h,i, v9)
    real(8) :: a,b,c,d,e,f,g(*)
    real(8), value :: v9
    integer :: h
    type(bulletin) :: i
    g(1) = a+b+c+d+e+f+h+i%a+v9
  end subroutine
  subroutine polymorphic(b)
    class(bulletin), intent(inout) :: b
    b%a = b%a + 1
  end subroutine
  subroutine optional_value(x, y)
    real(8), value, optional :: x
    real(8) :: y
    if (present(x)) y = x
  end subroutine
  subroutine descriptors(p, a)
    real(8), pointer :: p(:)
    real(8), allocatable :: a(:,:)
    p(1) = a(1,1)
  end subroutine
  subroutine c_text(s, n) bind(c)
    use iso_c_binding
    integer(c_int), value :: n
    character(kind=c_char) :: s(n)
    s(1) = 'x'
  end subroutine
  subroutine c_address(p, q) bind(c)
    use iso_c_binding
    type(c_ptr), value :: p
    type(c_ptr) :: q
    q = p
  end subroutine
end module

program main_program
  use m
  implicit none
  type(bulletin) :: b
  integer :: ier
  ier = 0
  b%a = outer(3)
  call prop(b, 1d0, [1d0,2d0,3d0], ier)
  call apply(nested)
contains
  subroutine nested(i)
    integer, intent(inout) :: i
    i = i + ier
  end subroutine
  integer function inner(i)
    integer, intent(in) :: i
    inner = i + ier
  end function
  real(8) function outer(k)
    integer, intent(in) :: k
    outer = inner(k) + counter
  end function
end program
