module visitors
  use, intrinsic :: iso_c_binding, only: c_double, c_f_pointer, c_int32_t, c_ptr
  implicit none
contains
  function line(x, user) result(answer) bind(c)
    real(c_double), value :: x
    type(c_ptr), value :: user
    real(c_double) :: answer
    real(c_double), pointer :: slope
    call c_f_pointer(user, slope)
    answer = slope * x
  end function line

  function add_rank(rank, value, user) result(answer) bind(c)
    integer(c_int32_t), value :: rank
    integer(c_int32_t), intent(inout) :: value
    type(c_ptr), value :: user
    integer(c_int32_t) :: answer
    integer(c_int32_t), pointer :: sum
    answer = 1
    if (rank > 3) return
    call c_f_pointer(user, sum)
    value = value + rank
    sum = sum + value
    answer = 0
  end function add_rank
end module visitors

program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t, c_loc
  use callbacks
  use visitors
  implicit none
  real(c_double), target :: slope = 2
  integer(c_int32_t) :: values(4) = [10, 20, 30, 40], visited
  integer(c_int32_t), target :: sum = 40
  print '(a, 1x, i0)', 'integrate', &
      int(100 * integrate(line, c_loc(slope), 0.0_c_double, 4.0_c_double, 8_c_int32_t))
  visited = each(values, add_rank, c_loc(sum))
  print '(a, 6(1x, i0))', 'each', visited, values, sum
end program host
