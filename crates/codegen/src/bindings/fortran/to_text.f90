  ! And back: blank padded, up to a NUL where those pad.
  pure subroutine chars_to_text(chars, text, pad)
    character(kind=c_char), intent(in) :: chars(:)
    character(len=*), intent(inout) :: text
    character(kind=c_char), intent(in) :: pad
    integer :: i
    text = ' '
    do i = 1, min(len(text), size(chars))
      if (pad == c_null_char .and. chars(i) == c_null_char) exit
      text(i:i) = chars(i)
    end do
  end subroutine chars_to_text
