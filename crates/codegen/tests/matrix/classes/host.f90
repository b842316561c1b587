program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int32_t
  use classes
  implicit none
  type(slot) :: a, b, c
  type(label) :: l
  call slot_construct(a, 1.0_c_double, 5.0_c_double)
  print '(a, 1x, i0)', 'slot', int(100 * slot_length(a))
  call slot_construct(b, 3.0_c_double, 8.0_c_double)
  c = classes_common(a, b)
  print '(a, 2(1x, i0))', 'common', int(100 * c%begin_), int(100 * c%end_)
  call shift(a, 0.5_c_double)
  print '(a, 2(1x, i0))', 'shift', int(100 * a%begin_), int(100 * a%end_)
  l = label_of(42_c_int32_t)
  print '(a, 2(1x, i0))', 'label', l%id_, l%copies_
end program host
