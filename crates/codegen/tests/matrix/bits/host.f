      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'bits.inc'
      INTEGER*4 HI(3), W, GAIN
      INTEGER*2 HS(6)
      INTEGER*1 HB(12)
      REAL*4 F
      EQUIVALENCE (HI, HS, HB), (W, F)
      INTEGER*8 UNSIGNED
      WRITE (*, '(A,3(1X,I0))') 'modes', MODE_OFF, MODE_ON, MODE_SAFE
      WRITE (*, '(A,3(1X,I0))') 'next_mode',
     &  BITS_NEXT_MODE(MODE_OFF, .FALSE.),
     &  BITS_NEXT_MODE(MODE_ON, .TRUE.),
     &  BITS_NEXT_MODE(MODE_SAFE, .FALSE.)
      HI(1) = 0
      HI(2) = 0
      HI(3) = 0
C     Bits from 0 on, as the declarations say
      CALL MVBITS(3, 0, 2, HI(HEADER_VERSION), 0)
      CALL MVBITS(1000, 0, 10, HI(HEADER_SATELLITE), 2)
      CALL MVBITS(7, 0, 5, HI(HEADER_GAIN), 12)
      CALL MVBITS(165, 0, 8, HI(1), 24)
      HS(HEADER_RATE) = 250
      CALL MVBITS(700, 0, 20, HI(HEADER_COUNT), 0)
      CALL MVBITS(15, 0, 4, HI(HEADER_LAST), 24)
      CALL BITS_RETUNE(HI, -5)
      GAIN = IBITS(HI(HEADER_GAIN), 12, 5)
      IF (GAIN .GE. 16) GAIN = GAIN - 32
      WRITE (*, '(A,7(1X,I0))') 'retune', IBITS(HI(HEADER_VERSION),
     &  0, 2), IBITS(HI(HEADER_SATELLITE), 2, 10), GAIN,
     &  IAND(INT(HB(HEADER_CHANNEL)), 255), HS(HEADER_RATE),
     &  IBITS(HI(HEADER_COUNT), 0, 20), IBITS(HI(HEADER_LAST), 24, 4)
      HS(HEADER_RATE) = 987
      CALL MVBITS(0, 0, 5, HI(HEADER_GAIN), 12)
      HB(HEADER_CHANNEL) = 85
      WRITE (*, '(A,1X,I0)') 'digest', BITS_DIGEST(HI)
      W = 1082130431
      WRITE (*, '(A,1X,I0)') 'inverse', UNSIGNED(BITS_INVERSE(W))
      CALL BITS_SET_REAL(W, 1.5E0)
      WRITE (*, '(A,2(1X,I0))') 'set_real', W, INT(100 * F)
      END

C     The number whose bits these are
      INTEGER*8 FUNCTION UNSIGNED(I)
      IMPLICIT NONE
      INTEGER*4 I
      UNSIGNED = I
      IF (I .LT. 0) UNSIGNED = UNSIGNED + 4294967296_8
      END
