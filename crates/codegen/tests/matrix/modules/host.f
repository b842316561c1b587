      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'modules.inc'
      REAL*8 A(2), B(2), L(2, 3), V
      INTEGER*4 AI(4), BI(4), PLACE, I0, I1
      CHARACTER*6 TEXT
      EQUIVALENCE (A, AI), (B, BI)
      DATA L /1D0, 0D0, 7D0, 0D0, 3D0, 0D0/
      A(PAIR_X) = 1D0
      AI(PAIR_N) = 1
      B(PAIR_X) = 2D0
      BI(PAIR_N) = 2
      CALL MODULES_SWAP(A, B)
      WRITE (*, '(A,4(1X,I0))') 'swap', INT(100 * A(PAIR_X)),
     &  AI(PAIR_N), INT(100 * B(PAIR_X)), BI(PAIR_N)
      V = MODULES_HEAVIEST(L, 3, PLACE)
      WRITE (*, '(A,2(1X,I0))') 'heaviest', INT(100 * V), PLACE
      V = MODULES_HEAVIEST(L, 3, MODULES_NO_INTEGER4(1))
      WRITE (*, '(A,1X,I0)') 'heaviest', INT(100 * V)
      CALL MODULES_LABEL(5, TEXT)
      IF (TEXT(4:6) .NE. ' ') WRITE (*, *) 'not padded'
      WRITE (*, '(A,1X,A)') 'label', TEXT(1:3)//'..'
      I0 = 0
      I1 = 0
      IF (MODULES_POSITIVE(1D0)) I0 = 1
      IF (MODULES_POSITIVE(-1D0)) I1 = 1
      WRITE (*, '(A,2(1X,I0))') 'positive', I0, I1
      END
