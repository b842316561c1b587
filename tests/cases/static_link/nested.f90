! Internal procedures: they find their host's variables through the address in r10.
module hosts
  implicit none
contains
  subroutine host(n, weight, res)
    integer, intent(in) :: n, weight
    integer, intent(out) :: res
    integer :: seen
    seen = 0
    res = inner(n) * 1000
    call twice(res)
    res = res + seen
  contains
    function inner(x) result(y)
      integer, intent(in) :: x
      integer :: y
      seen = seen + 1
      y = x * weight + seen
    end function
    subroutine twice(v)
      integer, intent(inout) :: v
      v = 2 * v + inner(v) + n
    end subroutine
  end subroutine
end module

program tried
  use hosts
  implicit none
  integer :: i, r
  do i = 1, 5
    call host(i, 9 - i, r)
    print '(i0)', r
  end do
end program
