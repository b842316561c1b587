! The body of a module procedure with ENTRY points is in the module.
module gauge
contains
  subroutine set_t(x)
    real(8) :: x
    real(8), save :: t = 0
    integer :: k
    common /cg/ k
    t = t + x
    k = k + 1
    return
  entry get_t(x)
    x = t
  end subroutine
  subroutine other(x)
    real(8) :: x
    x = 1
  end subroutine
end module
