  ! Ends the program with status 1: the component is not called with what it cannot take.
  subroutine wrong_call(why)
    use, intrinsic :: iso_fortran_env, only: error_unit
    character(len=*), intent(in) :: why
    write (error_unit, '(a)') why
    stop 1
  end subroutine wrong_call
