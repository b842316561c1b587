module shapes
  implicit none
  type point
    real(8) :: x, y
    integer :: n
  end type
  type, extends(point) :: point3
    real(8) :: z
  end type
contains
  subroutine scale(a, f)
    real(8), intent(inout) :: a(:,:)
    real(8), intent(in) :: f
    a = a * f
  end subroutine
  function total(v) result(s)
    real(8), intent(in) :: v(0:)
    real(8) :: s
    s = sum(v)
  end function
  subroutine grow(a, n)
    real(8), allocatable, intent(inout) :: a(:)
    integer, intent(in) :: n
    if (allocated(a)) deallocate(a)
    allocate(a(n)); a = 1
  end subroutine
  subroutine point_at(p, t)
    real(8), pointer :: p(:)
    real(8), target :: t(:)
    p => t
  end subroutine
  function label(n) result(l)
    integer, intent(in) :: n
    character(len=8) :: l
    write(l,'(i8)') n
  end function
  function labels(n) result(l)
    integer, intent(in) :: n
    character(len=n) :: l
    l = repeat('x', n)
  end function
  function cross(a, b) result(c)
    real(8), intent(in) :: a(3), b(3)
    real(8) :: c(3)
    c(1) = a(2)*b(3)-a(3)*b(2); c(2)=a(3)*b(1)-a(1)*b(3); c(3)=a(1)*b(2)-a(2)*b(1)
  end function
  function ramp(n) result(r)
    integer, intent(in) :: n
    real(8) :: r(n)
    integer :: i
    r = [(dble(i), i=1,n)]
  end function
  subroutine opt(a, b, c)
    real(8), intent(in) :: a
    real(8), intent(out), optional :: b
    character(len=*), intent(in), optional :: c
    if (present(b)) b = a
    if (present(c)) print *, c
  end subroutine
  subroutine optv(a, k)
    real(8), intent(inout) :: a
    integer, value, optional :: k
    if (present(k)) a = a + k
  end subroutine
  subroutine names(list, n)
    integer, intent(in) :: n
    character(len=*), intent(inout) :: list(n)
    list(1) = 'a'
  end subroutine
  subroutine names2(list)
    character(len=*), intent(inout) :: list(:)
    list(1) = 'b'
  end subroutine
  subroutine move(p)
    class(point), intent(inout) :: p
    p%x = p%x + 1
  end subroutine
  subroutine apply(f, x, y)
    interface
      real(8) function f(x)
        real(8), intent(in) :: x
      end function
    end interface
    real(8), intent(in) :: x
    real(8), intent(out) :: y
    y = f(x)
  end subroutine
  subroutine outer(a, n)
    integer, intent(in) :: n
    real(8), intent(inout) :: a(n)
    call inner(2)
    call inner(3)
  contains
    subroutine inner(k)
      integer, intent(in) :: k
      a(k) = a(k) * n
      print *, a(k)
      a(k) = a(k) * n
      print *, a(k)
    end subroutine
  end subroutine
  logical function odd(n, flag)
    integer, intent(in) :: n
    logical, intent(in) :: flag
    odd = flag .and. mod(n,2)==1
  end function
  complex(8) function rot(z, a)
    complex(8), intent(in) :: z
    real(8), intent(in) :: a
    rot = z * exp(cmplx(0d0, a, 8))
  end function
  function mk(n) result(p)
    integer, intent(in) :: n
    type(point3) :: p
    p%x = n; p%y=0; p%n=n; p%z=1
  end function
  subroutine unused(a, b, n)
    real(8), intent(in) :: a
    integer, intent(in) :: n
    real(8), intent(inout) :: b(n)
  end subroutine
end module
subroutine mult(x, y)
  real(8) x, y, z
  y = 2*x
  return
  entry half(x, z)
  z = x/2
  return
end
real(8) function efun(x)
  real(8) x, ef2
  efun = x
  return
  entry ef2(x)
  ef2 = x*2
  return
end
subroutine alt(i, *, *)
  integer i
  if (i .eq. 1) return 1
  if (i .eq. 2) return 2
end
subroutine csub(s, t, n)
  character*(*) s
  integer n
  character*4 t(n)
  s = t(1)
end
