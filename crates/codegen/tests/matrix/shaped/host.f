      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'shaped.inc'
      REAL*8 X(3), W(3), M(3, 2)
      INTEGER*4 R(3)
      DATA X /1D0, 2D0, 3D0/, W /1D0, 2D0, 3D0/, M /6*0D0/
      DATA R /0, 0, 0/
      WRITE (*, '(A,1X,I0)') 'total',
     &  INT(100 * SHAPED_TOTAL_F(X, 3, W, -1))
      WRITE (*, '(A,1X,I0)') 'total',
     &  INT(100 * SHAPED_TOTAL_F(X, 3, W, 3))
      CALL SHAPED_RAMP_F(R, 3, 5)
      WRITE (*, '(A,3(1X,I0))') 'ramp', R
      M(1, 2) = 1D0
      M(2, 2) = 1D0
      M(3, 2) = 1D0
      CALL SHAPED_ADD_F(M, 3, 2, 1D0)
      WRITE (*, '(A,6(1X,I0))') 'add', INT(M)
      END
