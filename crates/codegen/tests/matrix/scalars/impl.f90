! The routines of the contract, with C's ABI.
module scalars_impl
  use, intrinsic :: iso_c_binding
  implicit none
contains
  function many(a, k, b, l, c, m, d, n, e, o, f, p, g, q, h, r, x, s) result(answer) bind(c, name='scalars_many')
    real(c_double), value :: a, b, d, e, f, g, h, x
    real(c_float), value :: c
    integer(c_int32_t), value :: k, m, o, p
    integer(c_int64_t), value :: l, s
    integer(c_int16_t), value :: n, r
    integer(c_int8_t), value :: q
    real(c_double) :: answer
    answer = a + 2 * b + 3 * real(c, c_double) + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * x &
        + real(k + 2 * l + 3 * m + 4 * n + 5 * o + 6 * p + 7 * q + 8 * r + 9 * s, c_double)
  end function many

  function narrow(a, b, c, d) result(answer) bind(c, name='scalars_narrow')
    integer(c_int8_t), value :: a, b
    integer(c_int16_t), value :: c, d
    integer(c_int32_t) :: answer
    answer = a + iand(int(b, c_int32_t), 255) + c - iand(int(d, c_int32_t), 65535)
  end function narrow

  function wide(a, b) result(answer) bind(c, name='scalars_wide')
    integer(c_int64_t), value :: a, b
    integer(c_int64_t) :: answer
    answer = a * b
  end function wide

  function single(x) result(answer) bind(c, name='scalars_single')
    real(c_float), value :: x
    real(c_float) :: answer
    answer = -x / 2
  end function single

  function negate(b) result(answer) bind(c, name='scalars_negate')
    logical(c_bool), value :: b
    logical(c_bool) :: answer
    answer = .not. b
  end function negate

  subroutine halve(x, y, count) bind(c, name='scalars_halve')
    real(c_double), intent(in) :: x
    real(c_double), intent(out) :: y
    integer(c_int32_t), intent(inout) :: count
    y = x / 2
    count = count + 1
  end subroutine halve
end module scalars_impl
