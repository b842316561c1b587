! The routines of the contract, with the ABI of g++.
module classes_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: slot
    real(c_double) :: begin_, end_
  end type slot
  type, bind(c) :: label
    integer(c_int32_t) :: id, copies
  end type label
contains
  subroutine construct(this, begin_, end_) bind(c, name='_ZN7classes4SlotC1Edd')
    type(slot), intent(out) :: this
    real(c_double), value :: begin_, end_
    this = slot(begin_, end_)
  end subroutine construct

  function length(this) result(answer) bind(c, name='_ZNK7classes4Slot6lengthEv')
    type(slot), intent(in) :: this
    real(c_double) :: answer
    answer = this%end_ - this%begin_
  end function length

  function common_part(a, b) result(answer) bind(c, name='_ZN7classes6commonERKNS_4SlotES2_')
    type(slot), intent(in) :: a, b
    type(slot) :: answer
    answer = slot(max(a%begin_, b%begin_), min(a%end_, b%end_))
  end function common_part

  subroutine shift(s, by) bind(c, name='_ZN7classes5shiftERNS_4SlotEd')
    type(slot), intent(inout) :: s
    real(c_double), value :: by
    s = slot(s%begin_ + by, s%end_ + by)
  end subroutine shift

  ! The address of the answer comes first, and goes back.
  function label_of(answer, id) result(address) bind(c, name='_ZN7classes8label_ofEi')
    type(label), intent(out), target :: answer
    integer(c_int32_t), value :: id
    type(c_ptr) :: address
    answer = label(id, 0)
    address = c_loc(answer)
  end function label_of
end module classes_impl
