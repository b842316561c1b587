! @(#) mod_attitude.f90 1.1 97/03/24 CMP - Dynamique du vol
!=======================================================================
! Attitude : quaternions, et deux sous-programmes externes (ATTGEO,
! ATTJOU) pour les appelants C et Fortran 77.
!=======================================================================
module attitude
  implicit none
  private
  integer, parameter, public :: dp = kind(1.d0)

  ! q0 partie scalaire
  type, public :: quaternion
     real(dp) :: q0
     real(dp) :: q(3)
  end type quaternion

  ! vitesse de att_orbitale (rad/s), gardée d'un appel à l'autre
  real(dp), save, public :: vit_orb = 0._dp

  public :: quat_produit, quat_conjugue, quat_tourner, quat_matrice
  public :: quat_moyen, att_ecarts, att_integrer, att_orbitale

contains

  function vectoriel(a, b) result(c)
    real(dp), intent(in) :: a(3), b(3)
    real(dp)             :: c(3)
    c(1) = a(2)*b(3) - a(3)*b(2)
    c(2) = a(3)*b(1) - a(1)*b(3)
    c(3) = a(1)*b(2) - a(2)*b(1)
  end function vectoriel

  function quat_produit(a, b) result(c)
    type(quaternion), intent(in) :: a, b
    type(quaternion)             :: c
    c%q0 = a%q0*b%q0 - dot_product(a%q, b%q)
    c%q  = a%q0*b%q + b%q0*a%q + vectoriel(a%q, b%q)
  end function quat_produit

  function quat_conjugue(a) result(c)
    type(quaternion), intent(in) :: a
    type(quaternion)             :: c
    c%q0 = a%q0
    c%q  = -a%q
  end function quat_conjugue

  ! vecteur v tourné par a (unitaire)
  function quat_tourner(a, v) result(w)
    type(quaternion), intent(in) :: a
    real(dp),         intent(in) :: v(3)
    real(dp)                     :: w(3)
    real(dp)                     :: u(3)
    u = 2*vectoriel(a%q, v)
    w = v + a%q0*u + vectoriel(a%q, u)
  end function quat_tourner

  ! quaternion d'une matrice de rotation. ier = -1 : pas une rotation
  subroutine quat_matrice(m, a, ier)
    real(dp),         intent(in)  :: m(3, 3)
    type(quaternion), intent(out) :: a
    integer,          intent(out) :: ier
    real(dp) :: t
    integer  :: i, j, k
    ier = -1
    a = quaternion(1._dp, (/0._dp, 0._dp, 0._dp/))
    if (abs(dot_product(vectoriel(m(:, 1), m(:, 2)), m(:, 3)) - 1) > 1.e-6_dp) return
    ier = 0
    t = m(1, 1) + m(2, 2) + m(3, 3)
    if (t > 0) then
       a%q0 = 0.5_dp*sqrt(1 + t)
       a%q(1) = (m(3, 2) - m(2, 3))/(4*a%q0)
       a%q(2) = (m(1, 3) - m(3, 1))/(4*a%q0)
       a%q(3) = (m(2, 1) - m(1, 2))/(4*a%q0)
       return
    end if
    i = 1
    if (m(2, 2) > m(1, 1)) i = 2
    if (m(3, 3) > m(i, i)) i = 3
    j = mod(i, 3) + 1
    k = mod(j, 3) + 1
    a%q(i) = 0.5_dp*sqrt(1 + m(i, i) - m(j, j) - m(k, k))
    a%q0   = (m(k, j) - m(j, k))/(4*a%q(i))
    a%q(j) = (m(j, i) + m(i, j))/(4*a%q(i))
    a%q(k) = (m(k, i) + m(i, k))/(4*a%q(i))
  end subroutine quat_matrice

  ! moyenne de quaternions voisins ; poids égaux s'ils ne sont pas donnés
  subroutine quat_moyen(a, m, poids, ier)
    type(quaternion), intent(in)            :: a(:)
    type(quaternion), intent(out)           :: m
    real(dp),         intent(in),  optional :: poids(:)
    integer,          intent(out), optional :: ier
    real(dp) :: w, s, n
    integer  :: k
    m = quaternion(0._dp, (/0._dp, 0._dp, 0._dp/))
    if (present(ier)) ier = -1
    do k = 1, size(a)
       w = 1
       if (present(poids)) w = poids(k)
       s = sign(w, a(1)%q0*a(k)%q0 + dot_product(a(1)%q, a(k)%q))
       m%q0 = m%q0 + s*a(k)%q0
       m%q  = m%q + s*a(k)%q
    end do
    n = sqrt(m%q0**2 + dot_product(m%q, m%q))
    if (n <= 0) return
    m%q0 = m%q0/n
    m%q  = m%q/n
    if (present(ier)) ier = 0
  end subroutine quat_moyen

  ! angle (rad) entre deux attitudes de suite, un de moins que a
  function att_ecarts(a) result(e)
    type(quaternion), intent(in) :: a(:)
    real(dp)                     :: e(size(a) - 1)
    type(quaternion)             :: d
    integer :: k
    do k = 1, size(e)
       d = quat_produit(quat_conjugue(a(k)), a(k + 1))
       e(k) = 2*atan2(sqrt(dot_product(d%q, d%q)), abs(d%q0))
    end do
  end function att_ecarts

  ! en axes satellite, la rotation orbitale est portée par -y
  subroutine att_orbitale(t, w)
    real(dp), intent(in)  :: t
    real(dp), intent(out) :: w(3)
    w = (/0._dp, -vit_orb, 0._dp/)
    if (t < 0) w = 0
  end subroutine att_orbitale

  ! avance a de n pas à la vitesse angulaire donnée (rad/s, axes satellite)
  subroutine att_integrer(vitesse, t0, dt, n, a)
    interface
       subroutine vitesse(t, w)
         integer, parameter    :: dp = kind(1.d0)
         real(dp), intent(in)  :: t
         real(dp), intent(out) :: w(3)
       end subroutine vitesse
    end interface
    real(dp),         intent(in)    :: t0, dt
    integer,          intent(in)    :: n
    type(quaternion), intent(inout) :: a
    type(quaternion) :: p
    real(dp) :: w(3), ang
    integer  :: k
    do k = 1, n
       call vitesse(t0 + (k - 0.5_dp)*dt, w)
       ang = sqrt(dot_product(w, w))*dt
       if (ang <= 0) cycle
       p%q0 = cos(0.5_dp*ang)
       p%q  = (sin(0.5_dp*ang)*dt/ang)*w
       a = quat_produit(a, p)
    end do
  end subroutine att_integrer
end module attitude

! Attitude géocentrique : z vers la Terre, y opposé au moment cinétique.
! att(4), partie scalaire d'abord. ier = -1 : position ou vitesse nulle
subroutine attgeo(pos, vit, att, ier)
  use attitude
  implicit none
  real(dp), intent(in)    :: pos(3), vit(3)
  real(dp), intent(inout) :: att(4)
  integer,  intent(out)   :: ier
  type(quaternion) :: a
  real(dp) :: m(3, 3), h(3)
  ier = -1
  h(1) = pos(2)*vit(3) - pos(3)*vit(2)
  h(2) = pos(3)*vit(1) - pos(1)*vit(3)
  h(3) = pos(1)*vit(2) - pos(2)*vit(1)
  if (dot_product(h, h) <= 0) return
  m(:, 3) = -pos/sqrt(dot_product(pos, pos))
  m(:, 2) = -h/sqrt(dot_product(h, h))
  m(1, 1) = m(2, 2)*m(3, 3) - m(3, 2)*m(2, 3)
  m(2, 1) = m(3, 2)*m(1, 3) - m(1, 2)*m(3, 3)
  m(3, 1) = m(1, 2)*m(2, 3) - m(2, 2)*m(1, 3)
  call quat_matrice(m, a, ier)
  if (ier < 0) return
  att(1) = a%q0
  att(2:4) = a%q
end subroutine attgeo

! Attitudes géocentriques de n points x(3,n), v(3,n) au pas de pas secondes :
! attitude moyenne att(4), écart moyen entre points (rad), et écart entre le
! dernier et l'intégration à la vitesse moyenne (rad). ier = -1 : point nul,
! -2 : n < 2
subroutine attjou(n, pas, x, v, att, ecart, derive, ier)
  use attitude
  implicit none
  integer,  intent(in)    :: n
  real(dp), intent(in)    :: pas, x(3, n), v(3, n)
  real(dp), intent(inout) :: att(4), ecart, derive
  integer,  intent(out)   :: ier
  type(quaternion) :: a(n), m, b(2)
  real(dp) :: e(max(n - 1, 1)), q(4), w(3)
  integer  :: k
  ier = -2
  if (n < 2) return
  do k = 1, n
     call attgeo(x(:, k), v(:, k), q, ier)
     if (ier < 0) return
     a(k)%q0 = q(1)
     a(k)%q  = q(2:4)
  end do
  e = att_ecarts(a)
  ecart = sum(e)/(n - 1)
  call quat_moyen(a(1:2), m)
  call quat_moyen(a, m, ier=ier)
  if (ier < 0) return
  att(1) = m%q0
  att(2:4) = m%q
  vit_orb = ecart/pas
  b(1) = a(1)
  b(2) = a(n)
  call att_integrer(att_orbitale, 0._dp, pas, n - 1, b(1))
  e(1:1) = att_ecarts(b)
  derive = e(1)
  w = quat_tourner(a(1), (/0._dp, 0._dp, 1._dp/))
  if (dot_product(w, x(:, 1)) > 0) ier = 1
end subroutine attjou
