! State of routines that are inlined in the unit where they stand.
subroutine tally(x)
  real*8 x, w
  integer k
  common /cq/ w, k
  integer, save :: cnt = 0
  cnt = cnt + 1
  w = w + x
  k = k + cnt
end
subroutine twice(x)
  real*8 x, w
  integer k
  common /cq/ w, k
  call tally(x)
  w = 3
end
! A shorter list of the same block: where it is inlined, the size does not say where its variables are.
subroutine short(x)
  real*8 x, w
  common /cq/ w
  w = w + x
end
subroutine uses(x)
  real*8 x
  call twice(x)
  call short(x)
end
