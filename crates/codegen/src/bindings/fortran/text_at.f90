  ! The text at an address, up to a NUL; none is empty.
  function text_at(address) result(text)
    type(c_ptr), intent(in) :: address
    character(len=:), allocatable :: text
    character(kind=c_char), pointer :: chars(:)
    integer(c_size_t) :: n, i
    interface
      function strlen(text) result(n) bind(c, name='strlen')
        import
        type(c_ptr), value :: text
        integer(c_size_t) :: n
      end function strlen
    end interface
    n = 0
    if (c_associated(address)) n = strlen(address)
    allocate(character(len=n) :: text)
    if (n == 0) return
    call c_f_pointer(address, chars, [n])
    do i = 1, n
      text(i:i) = chars(i)
    end do
  end function text_at
