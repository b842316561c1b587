! The routines of the contract, with GNAT's ABI.
module ada_scalars_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: filter_return
    real(c_double) :: value, memory
    logical(c_bool) :: jump
  end type filter_return
  type, bind(c) :: follows_return
    logical(c_bool) :: retval
    integer(c_int32_t) :: expected, lost
  end type follows_return
  type, bind(c) :: slope_return
    real(c_float) :: slope, rest
  end type slope_return
  type, bind(c) :: split_return
    real(c_double) :: whole, part
  end type split_return
  type, bind(c) :: advance_return
    integer(c_int8_t) :: state
    logical(c_bool) :: changed
  end type advance_return
contains
  function filter(value, memory, gain) result(r) bind(c, name='ada_scalars__filter')
    real(c_double), value :: value, memory, gain
    type(filter_return) :: r
    r%jump = abs(value - memory) > 5
    r%memory = memory + gain * (value - memory)
    if (r%jump) r%memory = value
    r%value = r%memory
  end function filter

  function follows(received, expected) result(r) bind(c, name='ada_scalars__follows')
    integer(c_int32_t), value :: received, expected
    type(follows_return) :: r
    r%lost = received - expected
    r%retval = r%lost == 0
    r%expected = received + 1
  end function follows

  function slope(a, b) result(r) bind(c, name='ada_scalars__slope')
    real(c_float), value :: a, b
    type(slope_return) :: r
    r = slope_return(b / a, a / 2)
  end function slope

  function split(x) result(r) bind(c, name='ada_scalars__split')
    real(c_double), value :: x
    type(split_return) :: r
    r = split_return(anint(x), x - anint(x))
  end function split

  function advance(alarm, state) result(r) bind(c, name='ada_scalars__advance')
    logical(c_bool), value :: alarm
    integer(c_int8_t), value :: state
    type(advance_return) :: r
    r%state = min(state + 1_c_int8_t, max(state, 2_c_int8_t))
    if (alarm) r%state = 3
    r%changed = r%state /= state
  end function advance

  function step(counter, by) result(answer) bind(c, name='ada_scalars__step')
    integer(c_int32_t), value :: counter, by
    integer(c_int32_t) :: answer
    answer = counter + by
  end function step

  function measure(channel) result(answer) bind(c, name='ada_scalars__measure')
    integer(c_int8_t), value :: channel
    real(c_double) :: answer
    answer = 273.15_c_double + 10 * channel
  end function measure

  function next(e) result(answer) bind(c, name='ada_scalars__next')
    integer(c_int8_t), value :: e
    integer(c_int8_t) :: answer
    answer = min(2_c_int8_t * e, 8_c_int8_t)
  end function next

  function code(x) result(answer) bind(c, name='ada_scalars__code')
    real(c_double), value :: x
    integer(c_int16_t) :: answer
    answer = int(max(nint(128 * x), -32768), c_int16_t)
  end function code

  function decode(v, loss) result(answer) bind(c, name='ada_scalars__decode')
    integer(c_int16_t), value :: v, loss
    real(c_double) :: answer
    answer = v / 128.0_c_double * (1 - loss / 10000.0_c_double)
  end function decode

  function command(angle) result(answer) bind(c, name='ada_scalars__command')
    real(c_double), value :: angle
    integer(c_int32_t) :: answer
    answer = merge(2, 0, angle > 90)
    if (angle < 0) answer = -1
  end function command
end module ada_scalars_impl
