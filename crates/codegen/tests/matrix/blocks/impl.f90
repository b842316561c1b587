! The routines of the contract, as Fortran 77 has them.
subroutine blocks_init(mu, ae, model)
  implicit none
  double precision, intent(in) :: mu, ae
  integer, intent(in) :: model
  double precision :: c_mu, c_ae
  integer :: c_calls, c_model
  common /blocks_cst/ c_mu, c_ae, c_calls, c_model
  c_mu = mu
  c_ae = ae
  c_calls = 0
  c_model = model
end subroutine blocks_init

function blocks_ratio(a) result(answer)
  implicit none
  double precision, intent(in) :: a
  double precision :: answer
  double precision :: mu, ae
  integer :: calls, model
  common /blocks_cst/ mu, ae, calls, model
  calls = calls + 1
  answer = a / ae
end function blocks_ratio

subroutine blocks_count(calls, model)
  implicit none
  integer, intent(out) :: calls, model
  double precision :: v(2)
  integer :: num(2)
  common /blocks_cst/ v, num
  calls = num(1)
  model = num(2)
end subroutine blocks_count
