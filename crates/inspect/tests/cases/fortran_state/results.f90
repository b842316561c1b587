module results
contains
  function ptrf(x) result(r)
    real(8), target :: x(:)
    real(8), pointer :: r(:)
    r => x
  end function
  subroutine cas(c, n)
    integer n
    character*(*) c(n)
    c(1) = 'x'
  end subroutine
end module
