  ! A text without its trailing blanks as single characters, padded.
  pure subroutine text_to_chars(text, chars, pad)
    character(len=*), intent(in) :: text
    character(kind=c_char), intent(out) :: chars(:)
    character(kind=c_char), intent(in) :: pad
    integer :: i
    chars = pad
    do i = 1, min(len_trim(text), size(chars))
      chars(i) = text(i:i)
    end do
  end subroutine text_to_chars
