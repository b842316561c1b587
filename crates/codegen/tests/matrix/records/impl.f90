! The routines of the contract, with C's ABI.
module records_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: point
    real(c_double) :: x, y
  end type point
  type, bind(c) :: date
    integer(c_int32_t) :: day
    real(c_double) :: sec
  end type date
  type, bind(c) :: line
    real(c_float) :: slope, origin
  end type line
  type, bind(c) :: interval
    integer(c_int64_t) :: first, last
  end type interval
  type, bind(c) :: vector
    real(c_double) :: x, y, z
  end type vector
  type, bind(c) :: limits
    real(c_double) :: v(5)
  end type limits
  type, bind(c) :: track
    type(point) :: from
    type(date) :: at
    integer(c_int8_t) :: code
    integer(c_int16_t) :: rank
    real(c_double) :: weight
  end type track
contains
  function norm(p) result(answer) bind(c, name='records_norm')
    type(point), value :: p
    real(c_double) :: answer
    answer = p%x * p%x + p%y * p%y
  end function norm

  function middle(a, b) result(answer) bind(c, name='records_middle')
    type(point), value :: a, b
    type(point) :: answer
    answer = point((a%x + b%x) / 2, (a%y + b%y) / 2)
  end function middle

  function later(d, dt) result(answer) bind(c, name='records_later')
    type(date), value :: d
    real(c_double), value :: dt
    type(date) :: answer
    answer = d
    answer%sec = answer%sec + dt
    do while (answer%sec >= 86400)
      answer%sec = answer%sec - 86400
      answer%day = answer%day + 1
    end do
  end function later

  function through(a, b) result(answer) bind(c, name='records_through')
    type(point), value :: a, b
    type(line) :: answer
    answer%slope = real((b%y - a%y) / (b%x - a%x), c_float)
    answer%origin = real(a%y - answer%slope * a%x, c_float)
  end function through

  function wider(r, by) result(answer) bind(c, name='records_wider')
    type(interval), value :: r
    integer(c_int32_t), value :: by
    type(interval) :: answer
    answer = interval(r%first - by, r%last + by)
  end function wider

  function cross(a, b) result(answer) bind(c, name='records_cross')
    type(vector), value :: a, b
    type(vector) :: answer
    answer = vector(a%y * b%z - a%z * b%y, a%z * b%x - a%x * b%z, a%x * b%y - a%y * b%x)
  end function cross

  function widen(l, by) result(answer) bind(c, name='records_widen')
    type(limits), value :: l
    real(c_double), value :: by
    type(limits) :: answer
    integer :: i
    answer%v = l%v + [((i - 3) * by, i = 1, 5)]
  end function widen

  function spill(a, b, k, c, d) result(answer) bind(c, name='records_spill')
    type(interval), value :: a, b, c
    integer(c_int32_t), value :: k
    type(date), value :: d
    integer(c_int64_t) :: answer
    answer = a%first + 10 * a%last + 100 * b%first + 1000 * b%last + 10000 * k + 100000 * (c%first + c%last) &
        + 1000000 * d%day + int(d%sec, c_int64_t)
  end function spill

  subroutine advance(t, step, copy) bind(c, name='records_advance')
    type(track), intent(inout) :: t
    type(point), intent(in) :: step
    type(point), intent(out) :: copy
    copy = step
    t%from%x = t%from%x + step%x
    t%from%y = t%from%y + step%y
    t%at%day = t%at%day + 1
    t%code = -t%code
    t%rank = 10_c_int16_t * t%rank
    t%weight = t%weight / 2
  end subroutine advance
end module records_impl
