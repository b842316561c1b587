! The routines of the contract, as Fortran 77 has them.
subroutine byref_add(a, b, n, c)
  implicit none
  double precision, intent(in) :: a
  real, intent(in) :: b
  integer, intent(inout) :: n
  double precision, intent(out) :: c
  c = a + b
  n = n + 1
end subroutine byref_add

function byref_even(n) result(answer)
  implicit none
  integer, intent(in) :: n
  logical :: answer
  answer = mod(n, 2) == 0
end function byref_even

subroutine byref_toggle(flag, on)
  implicit none
  logical, intent(inout) :: flag
  logical, intent(in) :: on
  flag = on .and. .not. flag
end subroutine byref_toggle

function byref_product(z, w) result(answer)
  implicit none
  complex(8), intent(in) :: z
  complex(4), intent(in) :: w
  complex(8) :: answer
  answer = z * w
end function byref_product

function byref_half(z) result(answer)
  implicit none
  complex(4), intent(in) :: z
  complex(4) :: answer
  answer = z / 2
end function byref_half

function byref_mean(a, b) result(answer)
  implicit none
  real, intent(in) :: a, b
  real :: answer
  answer = (a + b) / 2
end function byref_mean

function byref_cube(n) result(answer)
  implicit none
  integer, intent(in) :: n
  integer(8) :: answer
  answer = int(n, 8)**3
end function byref_cube

function byref_root(x, ier) result(answer)
  implicit none
  double precision, intent(in) :: x
  integer, intent(out) :: ier
  double precision :: answer
  answer = sqrt(abs(x))
  ier = 0
  if (x < 0) ier = 1
  if (.not. (x < 0 .or. x > 0)) ier = -1
end function byref_root
