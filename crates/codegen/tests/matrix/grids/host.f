      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'grids.inc'
      REAL*8 A(3, 2), S(4, 3), B(2, 3), X(3)
      INTEGER*4 I, J
      COMPLEX*16 C(0:2), Z
      LOGICAL*4 FLAGS(4)
      DATA A /1D0, 2D0, 3D0, 4D0, 5D0, 6D0/, X /1D0, 2D0, 3D0/
      DATA C /(1D0, 0D0), (0D0, 0D0), (1D0, 0D0)/
      DATA FLAGS /.TRUE., .FALSE., .TRUE., .FALSE./
      DO 20 J = 1, 3
        DO 10 I = 1, 4
          S(I, J) = 0D0
          IF (I .EQ. J) S(I, J) = 5D0
   10   CONTINUE
   20 CONTINUE
      WRITE (*, '(A,1X,I0)') 'trace', INT(100 * GRIDS_TRACE(S, 4, 3))
      CALL GRIDS_TRANSPOSE(2, 3, A, B)
C     A is seen as 2 by 3 there: its storage is 1 2 3 4 5 6
      CALL GRIDS_SHOW(B)
      CALL GRIDS_SCALE(3, X, 2D0)
      WRITE (*, '(A,3(1X,I0))') 'scale', INT(10 * X)
      Z = GRIDS_HORNER(2, C, (1D0, 2D0))
      WRITE (*, '(A,2(1X,I0))') 'horner', INT(100 * DBLE(Z)),
     &  INT(100 * DIMAG(Z))
      WRITE (*, '(A,1X,I0)') 'count', GRIDS_COUNT(FLAGS, 4)
      END

      SUBROUTINE GRIDS_SHOW(B)
      IMPLICIT NONE
      REAL*8 B(6)
      WRITE (*, '(A,6(1X,I0))') 'transpose', INT(100 * B)
      END
