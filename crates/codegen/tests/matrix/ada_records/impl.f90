! The routines of the contract, with GNAT's ABI. A record with variants is its words.
module ada_records_impl
  use, intrinsic :: iso_c_binding
  implicit none
  type, bind(c) :: limit
    integer(c_int8_t) :: kind
    integer(c_int32_t) :: persistence
    integer(c_int64_t) :: words(2)
  end type limit
  type, bind(c) :: track
    real(c_double) :: position(3)
    integer(c_int16_t) :: rank
    character(kind=c_char) :: name(8)
    logical(c_bool) :: valid
  end type track
  type, bind(c) :: pair
    integer(c_int32_t) :: first, second
  end type pair
  type, bind(c) :: battery
    integer(c_int32_t) :: charge, cycles
    logical(c_bool) :: discharging
  end type battery
  type, bind(c) :: load_return
    type(battery) :: b
    logical(c_bool) :: full
  end type load_return
  type, bind(c) :: word
    integer(c_int8_t) :: bits, counter
  end type word
  type, bind(c) :: vector_value
    real(c_double) :: value(3)
  end type vector_value
contains
  function number_at(l, i) result(answer)
    type(limit), intent(in) :: l
    integer, intent(in) :: i
    real(c_double) :: answer
    answer = transfer(l%words(i), answer)
  end function number_at

  function excess(l, x) result(answer) bind(c, name='ada_records__excess')
    type(limit), intent(in) :: l
    real(c_double), value :: x
    real(c_double) :: answer
    answer = 0
    select case (l%kind)
    case (1)
      if (x > number_at(l, 2)) answer = x - number_at(l, 2)
      if (x < number_at(l, 1)) answer = x - number_at(l, 1)
    case (2)
      answer = min(x - number_at(l, 1), 0.0_c_double)
    case (3)
      answer = max(x - number_at(l, 1), 0.0_c_double)
    case (4)
      answer = x - iand(l%words(1), 4294967295_c_int64_t)
    end select
  end function excess

  subroutine become(l, new_kind, l_constrained) bind(c, name='ada_records__become')
    type(limit), intent(inout) :: l
    integer(c_int8_t), value :: new_kind
    logical(c_bool), value :: l_constrained
    if (l_constrained .or. l%kind /= 1 .or. new_kind /= 2) return
    l%words(1) = transfer((number_at(l, 1) + number_at(l, 2)) / 2, l%words(1))
    l%kind = new_kind
  end subroutine become

  function standard(n) result(l) bind(c, name='ada_records__standard')
    integer(c_int32_t), value :: n
    type(limit) :: l
    l = limit(4_c_int8_t, 2_c_int32_t, [int(n, c_int64_t), 0_c_int64_t])
    if (mod(n, 2) /= 0) return
    l%kind = 1
    l%words = transfer([-n / 2.0_c_double, 1.5_c_double * n], l%words)
  end function standard

  subroutine advance(t, by) bind(c, name='ada_records__advance')
    type(track), intent(inout) :: t
    real(c_double), value :: by
    t%position = t%position + by
    t%rank = t%rank + 1_c_int16_t
    t%name = ['S', 'P', 'O', 'T', '5', ' ', ' ', ' ']
    t%valid = .true._c_bool
  end subroutine advance

  function swap(p) result(answer) bind(c, name='ada_records__swap')
    type(pair), value :: p
    type(pair) :: answer
    answer = pair(p%second, p%first)
  end function swap

  function load(b, amount) result(r) bind(c, name='ada_records__load')
    type(battery), value :: b
    integer(c_int32_t), value :: amount
    type(load_return) :: r
    r%b = b
    r%b%charge = min(b%charge + amount, 2000_c_int32_t)
    r%b%discharging = .false._c_bool
    r%full = r%b%charge >= 2000
    if (r%full) r%b%cycles = r%b%cycles + 1
  end function load

  function decode(w) result(answer) bind(c, name='ada_records__decode')
    integer(c_int16_t), value :: w
    type(word) :: answer
    answer = transfer(w, answer)
  end function decode

  function encode(w) result(answer) bind(c, name='ada_records__encode')
    type(word), value :: w
    integer(c_int16_t) :: answer
    answer = transfer(w, answer)
  end function encode

  function ones(m) result(answer) bind(c, name='ada_records__ones')
    integer(c_int16_t), value :: m
    integer(c_int32_t) :: answer
    answer = popcnt(m)
  end function ones

  function number(d) result(answer) bind(c, name='ada_records__number')
    integer(c_int32_t), value :: d
    integer(c_int64_t) :: answer
    integer :: i
    answer = 0
    do i = 7, 0, -1
      answer = 10 * answer + ibits(d, 4 * i, 4)
    end do
  end function number

  function cross(a, b) result(answer) bind(c, name='ada_records__cross')
    real(c_double), intent(in) :: a(3), b(3)
    type(vector_value) :: answer
    answer%value = [a(2) * b(3) - a(3) * b(2), a(3) * b(1) - a(1) * b(3), a(1) * b(2) - a(2) * b(1)]
  end function cross
end module ada_records_impl
