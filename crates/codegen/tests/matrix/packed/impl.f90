! The routines of the contract, with C's ABI.
module packed_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: packet
    integer(c_int8_t) :: bytes(11)
  end type packet
contains
  subroutine packs(p, tag, value, rank) bind(c, name='packed_pack')
    type(packet), intent(out) :: p
    integer(c_int8_t), value :: tag
    real(c_double), value :: value
    integer(c_int16_t), value :: rank
    p%bytes(1) = tag
    p%bytes(2:9) = transfer(value, p%bytes)
    p%bytes(10:11) = transfer(rank, p%bytes)
  end subroutine packs

  function unpacks(p, n) result(answer) bind(c, name='packed_unpack')
    integer(c_int32_t), value :: n
    type(packet), intent(in) :: p(n)
    real(c_double) :: answer
    integer :: i
    answer = 0
    do i = 1, n
      answer = answer + p(i)%bytes(1) + transfer(p(i)%bytes(2:9), answer) + transfer(p(i)%bytes(10:11), 1_c_int16_t)
    end do
  end function unpacks

  subroutine spreads(s, by) bind(c, name='packed_spread')
    integer(c_int8_t), intent(inout) :: s(48)
    integer(c_int32_t), value :: by
    s(9:10) = transfer(int(by * transfer(s(9:10), 1_c_int16_t), c_int16_t), s)
    s(25:32) = transfer(by * transfer(s(25:32), 1.0_c_double), s)
    s(34) = int(by * s(34), c_int8_t)
  end subroutine spreads
end module packed_impl
