program host
  use, intrinsic :: iso_c_binding, only: c_double, c_int8_t, c_int16_t, c_int32_t
  use packed
  implicit none
  type(packet) :: p(2)
  type(sparse) :: s
  call packed_pack(p(1), 65_c_int8_t, 2.5_c_double, -300_c_int16_t)
  ! What Fortran has no type for is bytes, whose places the module's comment tells.
  print '(a, 1x, a, 2(1x, i0))', 'pack', achar(p(1)%words(1)), int(100 * transfer(p(1)%words(2:9), 1.0_c_double)), &
      transfer(p(1)%words(10:11), 1_c_int16_t)
  call packed_pack(p(2), 64_c_int8_t, 1.0_c_double, 500_c_int16_t)
  print '(a, 1x, i0)', 'unpack', int(100 * packed_unpack(p))
  s%a = 7_c_int16_t
  s%b = 0.225_c_double
  s%c = -3_c_int8_t
  call packed_spread(s, 10_c_int32_t)
  print '(a, 3(1x, i0))', 'spread', s%a, int(100 * s%b), s%c
end program host
