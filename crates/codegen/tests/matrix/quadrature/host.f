      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'quadrature.inc'
      REAL*8 SQUARE, X(2)
      EXTERNAL SQUARE, FIELD
      DATA X /1D0, 5D0/
      WRITE (*, '(A,1X,I0)') 'simpson',
     &  NINT(100 * QUADRATURE_SIMPSON(SQUARE, 0D0, 3D0, 4))
      CALL QUADRATURE_WALK(FIELD, 0.5D0, 2, X)
      WRITE (*, '(A,2(1X,I0))') 'walk', INT(100 * X)
      END

      REAL*8 FUNCTION SQUARE(X)
      IMPLICIT NONE
      REAL*8 X
      SQUARE = X * X
      END

      SUBROUTINE FIELD(T, V)
      IMPLICIT NONE
      REAL*8 T, V(2)
      V(1) = 2D0
      V(2) = 2D0 * T
      END
