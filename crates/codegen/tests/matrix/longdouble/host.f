      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'longdouble.inc'
      REAL*10 LARGE, X, S(2)
      REAL*8 W(4)
      EQUIVALENCE (S, W)
      LARGE = 1152921504606846976D0
      X = LARGE
      WRITE (*, '(A,1X,I0)') 'sum',
     &  INT(LONGDOUBLE_SUM(LARGE, 3, 1.0_10), 8)
      CALL LONGDOUBLE_ADD(X, 1D0)
      WRITE (*, '(A,1X,I0)') 'add', INT(X - LARGE)
      S(SAMPLE_VALUE) = 3D0
      W(SAMPLE_WEIGHT) = 1.5D0
      CALL LONGDOUBLE_WEIGH(S)
      WRITE (*, '(A,2(1X,I0))') 'weigh', INT(100 * S(SAMPLE_VALUE)),
     &  INT(100 * W(SAMPLE_WEIGHT))
      END
