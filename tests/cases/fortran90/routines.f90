! Shapes that Fortran 90 brought: arrays that travel with their bounds, functions that return text and arrays, ENTRY.
module travelling
  implicit none
  integer, parameter :: dp = kind(1d0)
contains

  function summed(x) result(s)
    real(dp), intent(in) :: x(:)
    real(dp) :: s
    s = sum(x) + 1000 * size(x)
  end function

  subroutine scaled(x, factor)
    real(dp), intent(inout) :: x(:)
    real(dp), intent(in) :: factor
    x = x * factor
  end subroutine

  subroutine rows(m, sums)
    real(dp), intent(in) :: m(:, :)
    real(dp), intent(out) :: sums(:)
    sums = sum(m, 2)
  end subroutine

  ! Its lower bound is not one.
  function counted(x, w) result(s)
    integer, intent(in) :: x(-2:)
    real, intent(in), optional :: w(:)
    integer :: s
    s = sum(x) + lbound(x, 1)
    if (present(w)) s = s + nint(1000 * sum(w))
  end function

  ! gfortran says nothing of the type of `x`: only that there is one.
  function shifted(x, low) result(s)
    integer, intent(in) :: low
    integer, intent(in) :: x(low:)
    integer :: s
    s = sum(x) + lbound(x, 1)
  end function

  subroutine grown(list, by)
    integer, allocatable, intent(inout) :: list(:)
    integer, intent(in) :: by
    integer, allocatable :: longer(:)
    integer :: n, i
    n = 0
    if (allocated(list)) n = size(list)
    allocate (longer(n + by))
    do i = 1, n + by
      if (i <= n) then
        longer(i) = list(i)
      else
        longer(i) = -i
      end if
    end do
    call move_alloc(longer, list)
  end subroutine

  ! Only reads what may be allocated.
  function held(list) result(s)
    integer, allocatable, intent(in) :: list(:)
    integer :: s
    s = -1
    if (allocated(list)) s = sum(list)
  end function

  function day(k) result(name)
    integer, intent(in) :: k
    character(8) :: name
    character(8), parameter :: names(0:6) = ['lundi   ', 'mardi   ', 'mercredi', 'jeudi   ', 'vendredi', &
                                             'samedi  ', 'dimanche']
    name = names(modulo(k, 7))
  end function

  function upper(text) result(loud)
    character(*), intent(in) :: text
    character(len(text)) :: loud
    integer :: i, c
    do i = 1, len(text)
      c = iachar(text(i:i))
      if (c >= 97 .and. c <= 122) c = c - 32
      loud(i:i) = achar(c)
    end do
  end function

  function ramp(n, step) result(r)
    integer, intent(in) :: n
    real(dp), intent(in) :: step
    real(dp) :: r(n)
    integer :: i
    r = [(i * step, i = 1, n)]
  end function
end module

subroutine mean(n, x, m)
  implicit none
  integer :: n
  real(8) :: x(n), m, s
  m = sum(x) / n
  return
  entry spread(n, x, s)
  s = maxval(x) - minval(x)
end subroutine
