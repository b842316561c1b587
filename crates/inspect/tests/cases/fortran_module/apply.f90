subroutine apply(s)
  external s
  integer :: i
  i = 2
  call s(i)
end subroutine
