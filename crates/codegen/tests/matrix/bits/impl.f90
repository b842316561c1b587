! The routines of the contract, with C's ABI.
module bits_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: header
    integer(c_int32_t) :: first
    integer(c_int16_t) :: rate
    integer(c_int32_t) :: third
  end type header
  type, bind(c) :: word
    integer(c_int32_t) :: u
  end type word
contains
  function next_mode(m, safe) result(answer) bind(c, name='bits_next_mode')
    integer(c_int32_t), value :: m
    logical(c_bool), value :: safe
    integer(c_int32_t) :: answer
    answer = merge(1, 0, m == 0)
    if (safe) answer = 7
  end function next_mode

  subroutine retune(h, gain) bind(c, name='bits_retune')
    type(header), intent(inout) :: h
    integer(c_int32_t), value :: gain
    integer(c_int32_t) :: satellite
    satellite = ibits(h%first, 2, 10)
    call mvbits(gain, 0, 5, h%first, 12)
    call mvbits(ibits(h%third, 0, 20) + satellite, 0, 20, h%third, 0)
    h%first = ieor(h%first, ishft(255, 24))
    h%rate = -h%rate
    call mvbits(9, 0, 4, h%third, 24)
  end subroutine retune

  function digest(h) result(answer) bind(c, name='bits_digest')
    type(header), value :: h
    integer(c_int32_t) :: answer
    answer = ibits(h%first, 12, 5)
    if (answer >= 16) answer = answer - 32
    answer = answer + ibits(h%first, 0, 2) + 10 * ibits(h%first, 2, 10) + 1000 * ibits(h%first, 24, 8) &
        + ibits(h%third, 0, 20) + ibits(h%third, 24, 4) + h%rate
  end function digest

  function inverse(w) result(answer) bind(c, name='bits_inverse')
    type(word), value :: w
    integer(c_int32_t) :: answer
    answer = not(w%u)
  end function inverse

  subroutine set_real(w, f) bind(c, name='bits_set_real')
    type(word), intent(out) :: w
    real(c_float), value :: f
    w%u = transfer(f, w%u)
  end subroutine set_real
end module bits_impl
