      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'optional.inc'
      REAL*8 BY, OUT, P(2)
      INTEGER*4 N
      BY = 2.5D0
      OUT = 0D0
      P(POINT_X) = 1D0
      P(POINT_Y) = 0D0
      N = OPTIONAL_PRESENT(BY, OUT, P)
      WRITE (*, '(A,3(1X,I0))') 'present', N, INT(100 * OUT),
     &  INT(100 * P(POINT_X))
C     What is absent: a variable that stands for that
      N = OPTIONAL_PRESENT(OPTIONAL_NO_REAL8(1), OPTIONAL_NO_REAL8(1),
     &  OPTIONAL_NO_REAL8)
      WRITE (*, '(A,1X,I0)') 'present', N
      N = OPTIONAL_PRESENT(OPTIONAL_NO_REAL8(1), OUT,
     &  OPTIONAL_NO_REAL8)
      WRITE (*, '(A,2(1X,I0))') 'present', N, INT(100 * OUT)
      BY = 1D0
      N = OPTIONAL_PRESENT(BY, OPTIONAL_NO_REAL8(1), P)
      WRITE (*, '(A,2(1X,I0))') 'present', N, INT(100 * P(POINT_X))
      END
