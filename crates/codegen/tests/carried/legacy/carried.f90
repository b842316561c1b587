! Tableaux a descripteurs, fonctions en argument, textes rendus.
module suites
  implicit none
  type :: point
    real(8)    :: t
    integer(4) :: n
  end type point
  abstract interface
    function loi(x) result(y)
      real(8), intent(in) :: x
      real(8) :: y
    end function loi
  end interface
contains
  function somme(x) result(s)
    real(8), intent(in) :: x(:)
    real(8) :: s
    s = sum(x)
  end function somme

  subroutine doubler(x)
    real(8), intent(inout) :: x(:)
    x = 2 * x
  end subroutine doubler

  subroutine remplir(p)
    type(point), intent(out) :: p(:)
    integer :: i
    do i = 1, size(p)
      p(i) = point(0.5d0*i, i)
    end do
  end subroutine remplir

  ! chaque element pese dix fois son premier indice et une fois le second
  function peser(m) result(s)
    real(8), intent(in) :: m(:, :)
    real(8) :: s
    integer :: i, j
    s = 0
    do j = 1, size(m, 2)
      do i = 1, size(m, 1)
        s = s + (10*i + j)*m(i, j)
      end do
    end do
  end function peser

  function moyenne(x, poids) result(s)
    real(8), intent(in) :: x(:)
    real(8), intent(in), optional :: poids(:)
    real(8) :: s
    if (present(poids)) then
      s = sum(x*poids)/sum(poids)
    else
      s = sum(x)/size(x)
    end if
  end function moyenne

  function integrer(f, a, b, n) result(s)
    procedure(loi) :: f
    real(8), intent(in) :: a, b
    integer(4), intent(in) :: n
    real(8) :: s, h
    integer :: i
    h = (b - a)/n
    s = 0
    do i = 1, n
      s = s + h*f(a + (i - 0.5d0)*h)
    end do
  end function integrer

  ! la position d'un nom, ou 0
  function chercher(noms, nom) result(i)
    character(8), intent(in) :: noms(:)
    character(*), intent(in) :: nom
    integer(4) :: i
    do i = 1, size(noms)
      if (noms(i) == nom) return
    end do
    i = 0
  end function chercher
end module suites

character(8) function carried_jour(n)
  implicit none
  integer(4), intent(in) :: n
  character(8), parameter :: jours(3) = ['lundi   ', 'mardi   ', 'mercredi']
  carried_jour = jours(n)
end function carried_jour

! ce que Rust fait d'une section de pas `pas` ; rend 1 si tout est comme attendu
integer(4) function carried_hote_doubler(pas)
  implicit none
  integer(4), intent(in) :: pas
  interface
    subroutine carried_rust_f_doubler(x)
      real(8), intent(inout) :: x(:)
    end subroutine carried_rust_f_doubler
  end interface
  real(8) :: x(30), y(30)
  integer :: i
  do i = 1, 30
    x(i) = i
  end do
  y = x
  y(2:29:pas) = 2*y(2:29:pas)
  call carried_rust_f_doubler(x(2:29:pas))
  carried_hote_doubler = merge(1, 0, all(x == y))
end function carried_hote_doubler

real(8) function carried_hote_peser()
  implicit none
  interface
    function carried_rust_f_peser(m) result(s)
      real(8), intent(in) :: m(:, :)
      real(8) :: s
    end function carried_rust_f_peser
  end interface
  real(8) :: m(4, 5)
  integer :: i, j
  do j = 1, 5
    do i = 1, 4
      m(i, j) = i + 100*j
    end do
  end do
  ! deux lignes sur quatre, trois colonnes a rebours
  carried_hote_peser = carried_rust_f_peser(m(1:3:2, 5:1:-2))
end function carried_hote_peser

real(8) function carried_hote_moyenne(avec)
  implicit none
  integer(4), intent(in) :: avec
  interface
    function carried_rust_f_moyenne(x, poids) result(s)
      real(8), intent(in) :: x(:)
      real(8), intent(in), optional :: poids(:)
      real(8) :: s
    end function carried_rust_f_moyenne
  end interface
  if (avec == 0) then
    carried_hote_moyenne = carried_rust_f_moyenne([1d0, 2d0, 6d0])
  else
    carried_hote_moyenne = carried_rust_f_moyenne([1d0, 2d0, 6d0], [0d0, 1d0, 3d0])
  end if
end function carried_hote_moyenne

real(8) function carried_hote_integrer()
  use suites, only: loi
  implicit none
  interface
    function carried_rust_f_integrer(f, a, b, n) result(s)
      import loi
      procedure(loi) :: f
      real(8), intent(in) :: a, b
      integer(4), intent(in) :: n
      real(8) :: s
    end function carried_rust_f_integrer
  end interface
  carried_hote_integrer = carried_rust_f_integrer(carre, 0d0, 3d0, 300)
contains
  function carre(x) result(y)
    real(8), intent(in) :: x
    real(8) :: y
    y = x*x
  end function carre
end function carried_hote_integrer

integer(4) function carried_hote_jour()
  implicit none
  interface
    character(8) function carried_rust_f_jour(n)
      integer(4), intent(in) :: n
    end function carried_rust_f_jour
  end interface
  carried_hote_jour = merge(1, 0, carried_rust_f_jour(2) // '|' == 'mardi   |')
end function carried_hote_jour
