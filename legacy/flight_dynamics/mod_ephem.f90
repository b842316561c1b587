! @(#) mod_ephem.f90 1.3 96/01/15 CMP - Dynamique du vol
!=======================================================================
! Éphémérides : module Fortran 90, et deux sous-programmes externes
! (EPHJOU, NOEJOU) pour les appelants C et Fortran 77.
!=======================================================================
module ephemeride
  implicit none
  private
  integer, parameter, public :: dp = kind(1.d0)

  ! bulletin d'orbite : éléments circulaires moyens
  type, public :: bulletin
     character(len=8) :: nom
     integer          :: jj50
     real(dp)         :: sec
     real(dp)         :: elt(6)
     real(dp)         :: masse
  end type bulletin

  ! point d'éphéméride : t secondes depuis la date du bulletin
  type, public :: point
     real(dp) :: t
     real(dp) :: pos(3)
     real(dp) :: vit(3)
  end type point

  public :: eph_generer, eph_noeuds, eph_altitudes, eph_interpoler

contains

  ! Remplit eph(:) au pas de pas secondes à partir de la date du bulletin.
  ! ier : voir EHINIT ; -8 tableau vide. eph n'est pas écrit si ier < 0.
  subroutine eph_generer(bul, pas, eph, ier)
    type(bulletin), intent(in)  :: bul
    real(dp),       intent(in)  :: pas
    type(point),    intent(out) :: eph(:)
    integer,        intent(out) :: ier
    integer :: k, ker
    if (size(eph) < 1) then
       ier = -8
       return
    end if
    call ehinit(bul%jj50, bul%sec, bul%elt, ier)
    if (ier < 0) return
    do k = 1, size(eph)
       eph(k)%t = (k - 1)*pas
       call ehposv(eph(k)%t, eph(k)%pos, eph(k)%vit, ker)
    end do
  end subroutine eph_generer

  ! Position interpolée (Hermite cubique) à t. ier = -1 : t hors éphéméride
  subroutine eph_interpoler(eph, t, pos, ier)
    type(point), intent(in)    :: eph(:)
    real(dp),    intent(in)    :: t
    real(dp),    intent(inout) :: pos(3)
    integer,     intent(out)   :: ier
    integer  :: k
    real(dp) :: h, u
    ier = -1
    do k = 1, size(eph) - 1
       if (t >= eph(k)%t .and. t <= eph(k+1)%t) exit
    end do
    if (k > size(eph) - 1) return
    ier = 0
    h = eph(k+1)%t - eph(k)%t
    u = (t - eph(k)%t)/h
    pos = (1 + 2*u)*(1 - u)**2*eph(k)%pos + u*(1 - u)**2*h*eph(k)%vit &
        + u**2*(3 - 2*u)*eph(k+1)%pos - u**2*(1 - u)*h*eph(k+1)%vit
  end subroutine eph_interpoler

  ! Passages au noeud ascendant : instants tnoe(:) et longitudes xlon(:)
  ! (repère de Veis, jj50/sec = date TU1 du premier point).
  ! ier = 1 : plus de passages que de places ; -1 moins de deux points.
  subroutine eph_noeuds(jj50, sec, eph, nnoe, tnoe, xlon, ier)
    integer,     intent(in)    :: jj50
    real(dp),    intent(in)    :: sec
    type(point), intent(in)    :: eph(:)
    integer,     intent(out)   :: nnoe
    real(dp),    intent(inout) :: tnoe(:), xlon(:)
    integer,     intent(out)   :: ier
    real(dp), external :: tsveis, ang2pi
    real(dp) :: t, s, pos(3)
    integer  :: k, j, ker
    nnoe = 0
    ier = -1
    if (size(eph) < 2) return
    ier = 0
    do k = 1, size(eph) - 1
       if (.not. (eph(k)%pos(3) < 0 .and. eph(k+1)%pos(3) >= 0)) cycle
       if (nnoe == min(size(tnoe), size(xlon))) then
          ier = 1
          return
       end if
       call instant_noeud(eph(k:k+1), t)
       call eph_interpoler(eph(k:k+1), t, pos, ker)
       nnoe = nnoe + 1
       tnoe(nnoe) = t
       j = jj50
       s = sec
       call ajdat(j, s, t)
       xlon(nnoe) = ang2pi(atan2(pos(2), pos(1)) - tsveis(j, s))
    end do
  end subroutine eph_noeuds

  ! Instant où la cote s'annule entre deux points : dichotomie
  subroutine instant_noeud(deux, t)
    type(point), intent(in)  :: deux(2)
    real(dp),    intent(out) :: t
    real(dp) :: pos(3), ta, tb
    integer  :: k, ker
    ta = deux(1)%t
    tb = deux(2)%t
    do k = 1, 60
       t = 0.5_dp*(ta + tb)
       call eph_interpoler(deux, t, pos, ker)
       if (pos(3) < 0) then
          ta = t
       else
          tb = t
       end if
    end do
  end subroutine instant_noeud

  ! Altitudes extrêmes (m) au dessus de la sphère de rayon ae ; le rang du
  ! point le plus bas est rendu si kmin est présent
  subroutine eph_altitudes(eph, ae, altmin, altmax, kmin)
    type(point), intent(in)            :: eph(:)
    real(dp),    intent(in)            :: ae
    real(dp),    intent(out)           :: altmin, altmax
    integer,     intent(out), optional :: kmin
    real(dp) :: alt
    integer  :: k
    altmin =  huge(1._dp)
    altmax = -huge(1._dp)
    if (present(kmin)) kmin = 0
    do k = 1, size(eph)
       alt = sqrt(sum(eph(k)%pos**2)) - ae
       if (alt < altmin .and. present(kmin)) kmin = k
       altmin = min(altmin, alt)
       altmax = max(altmax, alt)
    end do
  end subroutine eph_altitudes

end module ephemeride

!=======================================================================
! Éphéméride de n points : x(3,n), v(3,n). ier : voir eph_generer
subroutine ephjou(jj50, sec, eltm, pas, n, x, v, ier)
  use ephemeride
  implicit none
  integer  :: jj50, n, ier
  real(dp) :: sec, eltm(6), pas, x(3,n), v(3,n)
  type(bulletin) :: bul
  type(point), allocatable :: eph(:)
  integer :: k
  bul = bulletin('JOUR', jj50, sec, eltm, 0._dp)
  allocate (eph(max(n, 0)))
  call eph_generer(bul, pas, eph, ier)
  if (ier >= 0) then
     do k = 1, n
        x(:,k) = eph(k)%pos
        v(:,k) = eph(k)%vit
     end do
  end if
  deallocate (eph)
end subroutine ephjou

!=======================================================================
! Passages au noeud ascendant d'une éphéméride x(3,n), v(3,n) au pas
! constant. nmax : places dans tnoe et xlon. ier : voir eph_noeuds
subroutine noejou(jj50, sec, pas, n, x, v, nmax, nnoe, tnoe, xlon, ier)
  use ephemeride
  implicit none
  integer  :: jj50, n, nmax, nnoe, ier
  real(dp) :: sec, pas, x(3,n), v(3,n), tnoe(nmax), xlon(nmax)
  type(point), allocatable :: eph(:)
  integer :: k
  allocate (eph(max(n, 0)))
  do k = 1, n
     eph(k) = point((k - 1)*pas, x(:,k), v(:,k))
  end do
  call eph_noeuds(jj50, sec, eph, nnoe, tnoe, xlon, ier)
  deallocate (eph)
end subroutine noejou
