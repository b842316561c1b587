! Driver of the reference figures: calls the flight dynamics routines and
! prints one "name value" line per figure.  The expected figures stand in
! tests/reference_figures.rs, with their sources.
!
!   figures [twin]      twin = none | mu | j2 | j3 | day
!
! A twin is a deliberate fault: with it the corresponding checks must fail.
program figures
  implicit none
  integer, parameter :: dp = kind(1.d0)
  real(dp), parameter :: pi = 3.141592653589793238463_dp
  real(dp), parameter :: deg = pi/180
  real(dp) :: xmu, ae, cn0(2:6), omegat
  common /cst/ xmu, ae, cn0, omegat
  character(len=16) :: twin
  real(dp) :: fmu
  integer :: jshift

  twin = 'none'
  if (command_argument_count() > 0) call get_command_argument(1, twin)
  fmu = 1
  jshift = 0
  select case (twin)
  case ('none')
  case ('mu')
     fmu = 1 + 1.e-9_dp
     xmu = xmu*(1 + 1.e-6_dp)
  case ('j2')
     cn0(2) = cn0(2)*1.01_dp
  case ('j3')
     cn0(3) = -cn0(3)
  case ('day')
     jshift = 1
  case default
     stop 2
  end select

  call dates
  call kepler_equation
  call conversions
  call veis
  call eh_same_date
  call eh_rejects
  call eh_mean_range
  call eh_numerical
  call eh_velocity
  call eh_elliptical
  call eh_long_period
  call phasing
  call track
  call manoeuvre
  call tle
  call masses
  call utilities
  call day_file

contains

  subroutine put(name, x)
    character(len=*), intent(in) :: name
    real(dp), intent(in) :: x
    write (*, '(a,1x,es25.17e3)') name, x
  end subroutine put

  subroutine put3(name, x)
    character(len=*), intent(in) :: name
    real(dp), intent(in) :: x(3)
    call put(name//'.x', x(1))
    call put(name//'.y', x(2))
    call put(name//'.z', x(3))
  end subroutine put3

  subroutine puti(name, i)
    character(len=*), intent(in) :: name
    integer, intent(in) :: i
    write (*, '(a,1x,i0)') name, i
  end subroutine puti

  ! mean anomaly of a true anomaly
  real(dp) function mean_anomaly(e, v)
    real(dp), intent(in) :: e, v
    real(dp) :: ea
    ea = 2*atan(sqrt((1 - e)/(1 + e))*tan(v/2))
    mean_anomaly = ea - e*sin(ea)
  end function mean_anomaly

  subroutine dates
    integer :: jj, ier, k, y, m, d, h, mn, k2, bad
    real(dp) :: s, s2
    real(dp), external :: ecdat
    character(len=23) :: txt
    character(len=10) :: short
    call caljj(2004, 4, 6 + jshift, jj, ier)
    call puti('jj.2004-04-06', jj)
    call caljj(2004, 6, 1 + jshift, jj, ier)
    call puti('jj.2004-06-01', jj)
    call caljj(2010, 1, 1 + jshift, jj, ier)
    call puti('jj.2010-01-01', jj)
    call caljj(1950, 1, 1 + jshift, jj, ier)
    call puti('jj.1950-01-01', jj)
    jj = -77
    call caljj(2003, 2, 29, jj, ier)
    call puti('jj.2003-02-29.ier', ier)
    call puti('jj.2003-02-29.unwritten', jj)
    ! every day of the range there and back
    bad = 0
    do k = 0, 54786
       call jjcal(k, 86399.5_dp, y, m, d, h, mn, s, ier)
       call caljj(y, m, d, k2, ier)
       if (k2 /= k .or. h /= 23 .or. mn /= 59 .or. s /= 59.5_dp) bad = bad + 1
    end do
    call puti('jj.there_and_back.bad', bad)
    call puti('jj.last.year_month_day', 10000*y + 100*m + d)
    call lecdat('2004-04-06T07:51:28.386009', jj, s, ier)
    call puti('lecdat.jj', jj)
    call put('lecdat.sec', s)
    call ecrdat(jj, s, txt, ier)
    write (*, '(3a)') 'ecrdat.text ', txt(1:10), txt(12:23)
    call ecrdat(19818, 86399.9996_dp, txt, ier)
    write (*, '(3a)') 'ecrdat.round ', txt(1:10), txt(12:23)
    call ecrdat(jj, s, short, ier)
    call puti('ecrdat.short.ier', ier)
    call ajdat(jj, s, -28289.386009_dp)
    call puti('ajdat.jj', jj)
    call put('ajdat.sec', s)
    s2 = 0
    call put('ecdat', ecdat(19819, s2, 19875, s2))
  end subroutine dates

  subroutine kepler_equation
    real(dp), external :: kepler, kepgen
    real(dp) :: e, m, x, r, rg, pom
    integer :: i, j, ier
    r = 0
    rg = 0
    do i = 0, 99
       e = 0.01_dp*i
       do j = -200, 200
          m = 0.0333_dp*j
          x = kepler(m, e, ier)
          r = max(r, abs(x - e*sin(x) - m))
          pom = 0.7_dp*i
          ! generalised equation against the classical one
          if (i < 90) rg = max(rg, abs(kepgen(pom + m, e*cos(pom), e*sin(pom), ier) - pom - x))
       end do
    end do
    call put('kepler.residual', r)
    call put('kepgen.against_kepler', rg)
    x = kepler(1._dp, 1.2_dp, ier)
    call puti('kepler.reject', ier)
  end subroutine kepler_equation

  subroutine conversions
    real(dp) :: mu, p(3), v(3), e(6), f(6), k(8), c(8)
    integer :: ier
    mu = 3.986004415e14_dp*fmu
    e = [7.e6_dp, 0.01_dp, -0.02_dp, 1.2_dp, 2.1_dp, 0.7_dp]
    call circar(mu, e, p, v, ier)
    call put3('cir_car.pos', p)
    call put3('cir_car.vit', v)
    call carcir(3.986004415e14_dp, p, v, f, ier)
    call put('car_cir.da', f(1) - e(1))
    call put('car_cir.err', maxval(abs(f(2:6) - e(2:6))))
    e = [7.e6_dp, 0.01_dp, 80*deg, 80*deg, 20*deg, 40*deg]
    call kepcar(mu, e, p, v, ier)
    call put3('kep_car.pos', p)
    call put3('kep_car.vit', v)
    call carkep(3.986004415e14_dp, p, v, f, ier)
    call put('car_kep.da', f(1) - e(1))
    call put('car_kep.err', maxval(abs(f(2:6) - e(2:6))))
    ! equinoctial input hx = 1.2, hy = 2.1; MSLIB takes ix, iy
    e = [7.e6_dp, 0.01_dp, -0.02_dp, 1.2_dp, 2.1_dp, 40*deg]
    f = e
    f(4:5) = 2*e(4:5)/sqrt(1 + e(4)**2 + e(5)**2)
    call ceqcar(mu, f, p, v, ier)
    call put3('ceq_car.pos', p)
    call put3('ceq_car.vit', v)
    ! 8-element bulletin there and back
    k = [7.2e6_dp, 1.1e-3_dp, 98.7*deg, 90*deg, 199*deg, 33*deg, 3056._dp, 2.2_dp]
    call kepcir(8, k, c, ier)
    call cirkep(8, c, k, ier)
    call put('kep_cir.M_deg', k(6)/deg)
    call put('kep_cir.tail', k(7) + k(8))
    f = -1
    call carcir(mu, [7.e6_dp, 0._dp, 0._dp], [0._dp, 11.e3_dp, 0._dp], f, ier)
    call puti('carcir.hyperbolic', ier)
    call put('carcir.unwritten', maxval(f))
    call carcir(mu, [7.e6_dp, 0._dp, 0._dp], [0._dp, 7.5e3_dp, 0._dp], f, ier)
    call puti('carcir.equatorial', ier)
    call ceqcar(mu, [7.e6_dp, 0._dp, 0._dp, 2._dp, 0.1_dp, 0._dp], p, v, ier)
    call puti('ceqcar.reject', ier)
  end subroutine conversions

  subroutine veis
    real(dp) :: p(3), v(3)
    integer :: ier
    call j2veis(19819 + jshift, 28288.386009_dp, 32._dp, 0._dp, &
         [5102509.6_dp, 6123011.52_dp, 6378136.3_dp], &
         [-4743.2196_dp, 790.5366_dp, 5533.75619_dp], p, v, ier)
    call put3('veis1.pos', p)
    call put3('veis1.vit', v)
    call j2veis(19875 + jshift, 0._dp, 32._dp, 0._dp, &
         [-40588150.362_dp, -11462167.028_dp, 27147.649_dp], &
         [834.787457_dp, -2958.305691_dp, -1.173016_dp], p, v, ier)
    call put3('veis2.pos', p)
    call put3('veis2.vit', v)
    call j2veis(-1, 0._dp, 32._dp, 0._dp, p, v, p, v, ier)
    call puti('veis.reject', ier)
  end subroutine veis

  ! osculating to mean and back at the same date; the conversions keep the
  ! nominal mu, the model takes its constants from /cst/
  subroutine eh_same_date
    real(dp) :: p(3), v(3), o(6), e
    call same('eh1', [3220103._dp, 69623._dp, 6449822._dp], [6414.7_dp, -2006._dp, -3180._dp])
    e = 0.5e-4_dp
    call kep_to_cir([7209668._dp, e, 1.7_dp, 2.1_dp, 2.9_dp, mean_anomaly(e, 6.2_dp)], o)
    call to_cart(o, p, v)
    call same('eh2', p, v)
  end subroutine eh_same_date

  subroutine kep_to_cir(k, c)
    real(dp), intent(in)  :: k(6)
    real(dp), intent(out) :: c(6)
    integer :: ier
    call kepcir(6, k, c, ier)
  end subroutine kep_to_cir

  subroutine to_cart(c, p, v)
    real(dp), intent(in)  :: c(6)
    real(dp), intent(out) :: p(3), v(3)
    integer :: ier
    call circar(3.9860047e14_dp, c, p, v, ier)
  end subroutine to_cart

  subroutine same(name, p, v)
    character(len=*), intent(in) :: name
    real(dp), intent(in) :: p(3), v(3)
    real(dp) :: o(6), m(6), p2(3), v2(3), o2(6)
    integer :: n, ier
    call carcir(3.9860047e14_dp, p, v, o, ier)
    call ehmoy(18262, 43784._dp, o, m, n, ier)
    call puti(name//'.ier', ier)
    call ehposv(0._dp, p2, v2, ier)
    call put(name//'.pos_err', sqrt(sum((p2 - p)**2)))
    call put(name//'.vel_shift', sqrt(sum((v2 - v)**2)))
    call carcir(3.9860047e14_dp, p2, v2, o2, ier)
    call put(name//'.delta_a', o2(1) - o(1))
  end subroutine same

  subroutine eh_rejects
    real(dp) :: m(6), c(6), d(3), p(3), v(3), p2(3), v2(3)
    integer :: ier, n
    c = [6.3e6_dp, 0.001_dp, 0._dp, 1.7_dp, 2._dp, 1._dp]
    m = -5
    call ehmoy(18262, 0._dp, c, m, n, ier)
    call puti('eh.reject.below_radius', ier)
    call put('eh.reject.unwritten', maxval(m))
    c(1) = 7.2e6_dp
    c(4) = 0
    call ehmoy(18262, 0._dp, c, m, n, ier)
    call puti('eh.reject.equatorial', ier)
    c(4) = asin(sqrt(0.8_dp))
    call ehmoy(18262, 0._dp, c, m, n, ier)
    call puti('eh.reject.critical', ier)
    c(4) = 1.7_dp
    c(2) = 0.11_dp
    call ehmoy(18262, 0._dp, c, m, n, ier)
    call puti('eh.reject.elliptical', ier)
    c(2) = 1.1_dp
    call ehmoy(18262, 0._dp, c, m, n, ier)
    call puti('eh.reject.hyperbolic', ier)
    c(2) = 0.02_dp
    call ehmoy(18262, 0._dp, c, m, n, ier)
    call puti('eh.warning.elliptical', ier)
    call ehtaux(6.e6_dp, 1.7_dp, d(1), d(2), d(3), ier)
    call puti('ehtaux.reject', ier)
    c(2) = 0.001_dp
    p = 0
    ! the one-call propagation against its parts, then from its cache
    call ehprop(18262, 0._dp, c, 18263, 0._dp, p, v, m, ier)
    call puti('ehprop.ier', ier)
    call ehinit(18262, 0._dp, c, ier)
    call ehposv(86400._dp, p2, v2, ier)
    call put('ehprop.against_parts', maxval(abs(p - p2)))
    call ehprop(18262, 0._dp, c, 18262, 43200._dp, p, v, m, ier)
    call ehposv(43200._dp, p2, v2, ier)
    call put('ehprop.cached', maxval(abs(p - p2)))
    c(4) = 0
    p = 7
    call ehprop(18262, 0._dp, c, 18262, 43200._dp, p, v, m, ier)
    call puti('ehprop.reject', ier)
    call put('ehprop.unwritten', minval(p))
  end subroutine eh_rejects

  ! numerical orbit over a day: ranges of osculating and mean a
  subroutine eh_mean_range
    real(dp) :: o(6), m(6), p(3), v(3), e, omin, omax, mmin, mmax
    integer :: k, n, ier
    e = 0.032_dp
    call kep_to_cir([7.8e6_dp, e, 0.4_dp, 0.1_dp, 0.2_dp, mean_anomaly(e, 0.3_dp)], o)
    call to_cart(o, p, v)
    omin = huge(1._dp)
    mmin = huge(1._dp)
    omax = 0
    mmax = 0
    do k = 0, 1440
       if (k > 0) call extnum(p, v, 60._dp, 20._dp, n, ier)
       call carcir(3.9860047e14_dp, p, v, o, ier)
       call ehmoy(18262, 43200._dp, o, m, n, ier)
       omin = min(omin, o(1))
       omax = max(omax, o(1))
       mmin = min(mmin, m(1))
       mmax = max(mmax, m(1))
    end do
    call put('eh.osc_a_range', omax - omin)
    call put('eh.mean_a_range', mmax - mmin)
  end subroutine eh_mean_range

  ! analytical against numerical integration of the same field, one day
  subroutine eh_numerical
    real(dp) :: p(3), v(3), p2(3), v2(3), o(6), m(6), dmax, pj2, tz, tnod
    integer :: k, n, ier, nrev
    p = [3220103._dp, 69623._dp, 6449822._dp]
    v = [6414.7_dp, -2006._dp, -3180._dp]
    call carcir(3.9860047e14_dp, p, v, o, ier)
    call ehmoy(18262, 43784._dp, o, m, n, ier)
    dmax = 0
    nrev = 0
    tz = 0
    pj2 = 0
    do k = 1, 8640
       call extnum(p, v, 10._dp, 10._dp, n, ier)
       call ehposv(10._dp*k, p2, v2, ier)
       dmax = max(dmax, sqrt(sum((p2 - p)**2)))
       ! ascending nodes of the numerical orbit (linear in z over v_z)
       if (p(3) >= 0 .and. p(3) - 10*v(3) < 0) then
          tz = 10._dp*k - p(3)/v(3)
          if (nrev == 0) pj2 = tz
          nrev = nrev + 1
       end if
    end do
    call put('eh.against_numerical_m', dmax)
    call pernod(m(1), m(4), tnod, ier)
    call put('pernod.against_numerical_s', tnod - (tz - pj2)/(nrev - 1))
  end subroutine eh_numerical

  ! the same for an elliptical orbit of mean inclination, over one revolution:
  ! here the terms in ex and ey weigh
  subroutine eh_elliptical
    real(dp) :: p(3), v(3), p2(3), v2(3), o(6), m(6), dmax
    integer :: k, n, ier
    call kep_to_cir([7.3e6_dp, 0.01_dp, 0.8_dp, 0.6_dp, 0.2_dp, 0.3_dp], o)
    call to_cart(o, p, v)
    call ehmoy(18262, 0._dp, o, m, n, ier)
    dmax = 0
    do k = 1, 620
       call extnum(p, v, 10._dp, 10._dp, n, ier)
       call ehposv(10._dp*k, p2, v2, ier)
       dmax = max(dmax, sqrt(sum((p2 - p)**2)))
    end do
    call put('eh.elliptical_against_numerical_m', dmax)
  end subroutine eh_elliptical

  ! mean elements of the numerical orbit some days later less those the theory
  ! predicts: the secular and long period motion of ex, ey, i and the node
  subroutine long_period(days, r)
    real(dp), intent(in)  :: days
    real(dp), intent(out) :: r(4)
    real(dp) :: p(3), v(3), o(6), m(6), mp(6), s(6), d(6)
    integer :: n, ier
    call kep_to_cir([7.3e6_dp, 0.01_dp, 0.8_dp, 0.6_dp, 0.2_dp, 0.3_dp], o)
    call to_cart(o, p, v)
    call extnum(p, v, days*86400, 15._dp, n, ier)
    call ehmoy(18262, 0._dp, o, m, n, ier)
    call ehsecu(days*86400, mp, d)
    call carcir(3.9860047e14_dp, p, v, o, ier)
    call ehmoy(18262, 0._dp, o, s, n, ier)
    r = s(2:5) - mp(2:5)
  end subroutine long_period

  subroutine put_long_period(name, r)
    character(len=*), intent(in) :: name
    real(dp), intent(in) :: r(4)
    call put(name//'.ex', r(1))
    call put(name//'.ey', r(2))
    call put(name//'.i', r(3))
    call put(name//'.gom', r(4))
  end subroutine put_long_period

  ! J3 to J6 are a thousandth of J2: each one is enlarged in turn, so that its
  ! own terms weigh.  Half the difference between the two signs leaves the
  ! terms odd in it: the neglected squares go, a wrong first order stays.
  subroutine eh_long_period
    real(dp) :: c(3:6), r(4), plus(4), minus(4)
    integer :: n
    character(len=1) :: digit
    call long_period(30._dp, r)
    call put_long_period('eh.thirty_days', r)
    c = cn0(3:6)
    do n = 3, 6
       cn0(n) = 5.e-5_dp
       call long_period(20._dp, plus)
       cn0(n) = -5.e-5_dp
       call long_period(20._dp, minus)
       cn0(n) = c(n)
       write (digit, '(i1)') n
       call put_long_period('eh.odd_in_j'//digit, (plus - minus)/2)
    end do
  end subroutine eh_long_period

  ! the velocity is the derivative of the position, and the element
  ! rates those of the elements
  subroutine eh_velocity
    real(dp), parameter :: h = 0.5_dp, t = 4321
    real(dp) :: p(3,-2:2), v(3,-2:2), o(6,-2:2), d(6,-2:2)
    integer :: k, ier
    do k = -2, 2
       call ehposv(t + k*h, p(1,k), v(1,k), ier)
       call ehosc(t + k*h, o(1,k), d(1,k), ier)
    end do
    ! fourth order central difference
    call put('eh.velocity_is_derivative', &
         maxval(abs((8*(p(:,1) - p(:,-1)) - p(:,2) + p(:,-2))/(12*h) - v(:,0))))
    call put('eh.a_rate', (8*(o(1,1) - o(1,-1)) - o(1,2) + o(1,-2))/(12*h) - d(1,0))
    call put('eh.element_rates', &
         maxval(abs((8*(o(2:,1) - o(2:,-1)) - o(2:,2) + o(2:,-2))/(12*h) - d(2:,0))))
  end subroutine eh_velocity

  subroutine phasing
    real(dp) :: a, xi, t, dg, dp1, dl
    integer :: k, ier
    xi = 98.7_dp*deg
    do k = 1, 6
       call arefph(xi, 369, 26, a, ier)
       call helsyn(a, xi, ier)
    end do
    call pernod(a, xi, t, ier)
    call put('spot.a', a)
    call put('spot.i_deg', xi/deg)
    call put('spot.period_min', t/60)
    call put('spot.revs_in_26_days', 26*86400._dp/t)
    call ehtaux(a, xi, dg, dp1, dl, ier)
    call put('spot.node_deg_per_day', dg*86400/deg)
    call arefph(xi, 0, 26, a, ier)
    call puti('arefph.reject', ier)
  end subroutine phasing

  ! drift of the track seen in an ephemeris against the drift predicted
  subroutine track
    integer, parameter :: np = 1441, nmax = 20
    real(dp) :: x(3,np), v(3,np), tn(nmax), xl(nmax), elt(6), a, xi, c(0:2), ect, d1, d2
    real(dp) :: y(nmax), la
    real(dp), external :: lonref
    integer :: n, ier, k, io, io0
    xi = 98.7166_dp*deg
    call arefph(xi, 369, 26, a, ier)
    elt = [a + 50, 0._dp, 1.e-3_dp, xi, 3.48_dp, 0.5_dp]
    call ephjou(19116 + jshift, 0._dp, elt, 60._dp, np, x, v, ier)
    call noejou(19116 + jshift, 0._dp, 60._dp, np, x, v, nmax, n, tn, xl, ier)
    call puti('track.nodes', n)
    io0 = 0
    do k = 1, n
       call ecatra(xl(k), io, y(k), ier)
       if (k == 1) io0 = io - 1
       if (mod(io - io0 - k, 369) /= 0) call puti('track.not_consecutive', k)
    end do
    call ajupar(n, tn/86400, y, c, ect, ier)
    call dertra(a + 50, xi, -1._dp, 369, 26, d1, d2, ier)
    call put('track.drift_seen', c(1))
    call put('track.drift_predicted', d1)
    call put('track.sensitivity', -d2)
    la = lonref(370) - lonref(1)
    call put('lonref.cycle_closes', la)
    call put('lonref.step_deg', mod(lonref(1) - lonref(2) + 2*pi, 2*pi)/deg)
    call ecatra(lonref(100) + 1000/6378137._dp, io, la, ier)
    call puti('ecatra.orbit', io)
    call put('ecatra.offset', la)
    call noejou(19116, 0._dp, 60._dp, np, x, v, 3, n, tn, xl, ier)
    call puti('noejou.too_many', ier)
    call puti('noejou.kept', n)
  end subroutine track

  subroutine manoeuvre
    real(dp) :: a, xi, s, da, dv, d1, d2, t, e(7), dv1, dv2, dtr
    real(dp), external :: ecdat
    integer :: jj, ier
    xi = 98.7166_dp*deg
    call arefph(xi, 369, 26, a, ier)
    call dertra(a + 10, xi, -1.5_dp, 369, 26, d1, d2, ier)
    call proman(19116, 0._dp, a + 10, xi, -1250._dp, -1.5_dp, 3000._dp, .false., jj, s, da, dv, ier)
    call puti('proman.ier', ier)
    t = ecdat(19116, 0._dp, jj, s)/86400
    call put('proman.track_at_date', -1250 + t*(d1 + 0.5_dp*d2*t))
    ! the new parabola, computed again from the raised orbit
    call dertra(a + 10 - 1.5_dp*t + da, xi, -1.5_dp, 369, 26, d1, d2, ier)
    call put('proman.west_extremum', 3000 - 0.5_dp*d1*d1/d2)
    call put('proman.dv_over_da', dv/da)
    ! west edge first: weak drag, too high; drift to cancel
    call proman(19116, 0._dp, a + 30, xi, 0._dp, -0.1_dp, 3000._dp, .false., jj, s, da, dv, ier)
    t = ecdat(19116, 0._dp, jj, s)/86400
    call dertra(a + 30 - 0.1_dp*t + da, xi, -0.1_dp, 369, 26, d1, d2, ier)
    call put('proman.west.drift_after', d1)
    call proman(19116, 0._dp, a, xi, 5000._dp, -1.5_dp, 3000._dp, .false., jj, s, da, dv, ier)
    call puti('proman.outside', ier)
    jj = -3
    call proman(19116, 0._dp, a, xi, 0._dp, 0._dp, 3000._dp, .false., jj, s, da, dv, ier)
    call puti('proman.none', ier)
    call puti('proman.none.unwritten', jj)
    call proman(19116, 0._dp, a, xi, 0._dp, -1.5_dp, 3000._dp, .true., jj, s, da, dv, ier)
    call puti('proman.forced.jj', jj)
    call proman(19116, 0._dp, a, xi, 0._dp, 1.5_dp, 3000._dp, .false., jj, s, da, dv, ier)
    call puti('proman.reject', ier)
    ! LEO to GEO: the transfer of the textbooks
    call hohman(6678137._dp, 42164137._dp, dv1, dv2, dtr, ier)
    call put('hohman.dv1', dv1)
    call put('hohman.dv2', dv2)
    call put('hohman.hours', dtr/3600)
    e = [a, 0._dp, 1.e-3_dp, xi, 3.48_dp, 0._dp, 3056._dp]
    call appman(7, e, 1._dp, pi/2, 220._dp, ier)
    call put('appman.da', e(1) - a)
    call put('appman.ey', e(3))
    call put('appman.mass', e(7))
  end subroutine manoeuvre

  subroutine tle
    real(dp) :: xn, a, t, dg, dpom, dl, st(7,13)
    integer :: ier
    xn = 14.26113993_dp*2*pi/86400
    call amoytl(xn, 0.0001333_dp, 98.749_dp*deg, .false., a, ier)
    call put('tle.sma', a)
    call amoytl(xn, 0.0001333_dp, 98.749_dp*deg, .true., a, ier)
    ! nodal period of the Brouwer orbit against that of the bulletin
    call pernod(a, 98.749_dp*deg, t, ier)
    call ehtaux(a, 98.749_dp*deg, dg, dpom, dl, ier)
    call put('tle.nodal_period_diff', t - 2*pi/(xn + dpom))
    call amoytl(-xn, 0.0001333_dp, 98.749_dp*deg, .true., a, ier)
    call puti('tle.reject', ier)
    call sgp4_states(st)
    call sgp4(st)
  end subroutine tle

  include 'sgp4_states.inc'

  ! Eckstein-Hechler from the first reference state only, compared with the
  ! following ones
  subroutine sgp4(st)
    real(dp), intent(in) :: st(7,13)
    real(dp) :: o(6), m(6), p(3), v(3), d3, d24, s(8), da
    integer :: n, ier, k
    call edicst(8, s, ier)
    call inicst('WGS72', ier)
    call carcir(xmu, st(2:4,1)*1000, st(5:7,1)*1000, o, ier)
    call ehmoy(20629, 0._dp, o, m, n, ier)
    d3 = 0
    d24 = 0
    do k = 2, 13
       call ehposv(st(1,k)*60, p, v, ier)
       da = sqrt(sum((p - st(2:4,k)*1000)**2))
       if (k <= 4) d3 = max(d3, da)
       d24 = max(d24, da)
    end do
    call put('sgp4.six_hours_m', d3)
    call put('sgp4.one_day_m', d24)
    call inicst('STANDARD', ier)
    xmu = s(1)
    cn0 = s(3:7)
  end subroutine sgp4

  subroutine masses
    real(dp) :: xm, cdg(3), dm
    real(4) :: erg
    real(4), external :: xisp4
    logical :: lv(3)
    integer :: ier, k
    character(len=5), parameter :: nom(2:5) = ['SPOT2', 'SPOT3', 'SPOT4', 'SPOT5']
    do k = 2, 5
       call masini(nom(k), xm, cdg, ier)
       call put('mass.'//nom(k), xm)
       call put('cdg.'//nom(k), cdg(1))
    end do
    call masini('SP5', xm, cdg, ier)
    call put3('cdg.SP5', cdg)
    call masini('HELIOS', xm, cdg, ier)
    call puti('masini.reject', ier)
    call consom(3056._dp, -10.65_dp, 220._dp, dm, ier)
    call put('consom', dm)
    call jauge(3, [22., 15., 0.], [20., 20., 20.], lv, erg, ier)
    call puti('jauge.ier', ier)
    call puti('jauge.kept', count(lv))
    call put('jauge.kg', real(erg, dp))
    call put('xisp4.15bar', real(xisp4(15.), dp))
  end subroutine masses

  subroutine utilities
    real(dp) :: c(0:2), ect, x, xm, t(5), y(5), vv(3,2)
    real(dp), external :: horner, cosmx
    complex(dp), external :: vecexc
    complex, external :: vecaff
    complex(dp) :: z
    complex :: z4
    integer :: n, ier
    call zerof(cosmx, 0._dp, 1._dp, 1.e-15_dp, x, n, ier)
    call put('zerof.dottie', x)
    call zerof(cosmx, 2._dp, 3._dp, 1.e-15_dp, x, n, ier)
    call puti('zerof.reject', ier)
    call put('horner', horner(2._dp, 3, [1._dp, -2._dp, 0._dp, 5._dp]))
    t = [1._dp, 2._dp, 4._dp, 7._dp, 11._dp]
    y = 3 - 2*t + 0.25_dp*t*t
    call ajupar(5, t, y, c, ect, ier)
    call put('ajupar.err', max(abs(c(0) - 3), abs(c(1) + 2), abs(c(2) - 0.25_dp)))
    call ajupar(3, [1._dp, 1._dp, 1._dp], y, c, ect, ier)
    call puti('ajupar.singular', ier)
    call moyect(5, t, xm, ect, ier)
    call put('moyect.mean', xm)
    call put('moyect.variance', ect**2)
    z = vecexc(0.5_dp, 60*deg)
    call put('vecexc.re', real(z, dp))
    call put('vecexc.im', aimag(z))
    z4 = vecaff(0.5, 60.)
    call put('vecaff.re', real(z4, dp))
    call put('vecaff.im', real(aimag(z4), dp))
    vv(:,1) = [1._dp, 0._dp, 0._dp]
    vv(:,2) = [0._dp, 2._dp, 0._dp]
    call rotax(2, vv, 3, 90*deg, ier)
    call put('rotax.y1', vv(2,1))
    call put('rotax.x2', vv(1,2))
  end subroutine utilities

  subroutine day_file
    character(len=256) :: path
    character(len=64) :: text
    real(dp) :: x
    integer :: n, ier
    call get_environment_variable('CMP_DAY_FILE', path)
    n = -4
    call lecjou('/nonexistent/day', n, ier)
    call puti('lecjou.absent', ier)
    call puti('lecjou.absent.unwritten', n)
    call lecjou(path(1:len_trim(path)), n, ier)
    call puti('lecjou.ier', ier)
    call puti('lecjou.words', n)
    call valmot('TLE_I', x, ier)
    call put('day.TLE_I', x)
    call valmot('TLE_GOM', x, ier)
    call put('day.TLE_GOM', x)
    call valmot('TLE_E', x, ier)
    call put('day.TLE_E', x)
    call valmot('TLE_POM', x, ier)
    call put('day.TLE_POM', x)
    call valmot('TLE_M', x, ier)
    call put('day.TLE_M', x)
    call valmot('TLE_N', x, ier)
    call put('day.TLE_N', x)
    call texmot('DATE', text, ier)
    call lecdat(text, n, x, ier)
    call puti('day.jj', n)
    call put('day.sec', x)
    call valmot('SATELLITE', x, ier)
    call puti('valmot.not_a_number', ier)
    call valmot('ABSENT', x, ier)
    call puti('valmot.absent', ier)
    call msgret('EHINIT', -3, text)
    write (*, '(2a)') 'msgret ', text(19:38)
    call versdv(6, text, ier)
    write (*, '(2a)') 'versdv ', text(5:11)
    call inicst('MSLIB', ier)
    call put('inicst.mu', xmu)
    call inicst('INCONNU', ier)
    call puti('inicst.reject', ier)
  end subroutine day_file

end program figures

real(kind(1.d0)) function cosmx(x)
  real(kind(1.d0)) :: x
  cosmx = cos(x) - x
end function cosmx
