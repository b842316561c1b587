      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'status.inc'
      CALL VERIFY(200)
      CALL VERIFY(300)
      CALL VERIFY(-1)
      CALL ROOT(9D0)
      CALL ROOT(2D0)
      CALL ROOT(-4D0)
      END

      SUBROUTINE VERIFY(X)
      IMPLICIT NONE
      INCLUDE 'status.inc'
      INTEGER*4 X, V
      INTEGER*1 COPY
      COPY = 7
      V = STATUS_VERIFY(X, COPY)
      IF ((V .EQ. STATUS_VERIFY_OK) .NEQV. (V .EQ. VERDICT_GOOD))
     &  WRITE (*, *) 'two words for success'
      WRITE (*, '(A,2(1X,I0))') 'verify', V, IAND(INT(COPY), 255)
      END

      SUBROUTINE ROOT(X)
      IMPLICIT NONE
      INCLUDE 'status.inc'
      REAL*8 X, N
      INTEGER*4 IER
      N = STATUS_ROOT(X, IER)
      IF (IER .LT. 0) THEN
        WRITE (*, '(A,1X,I0)') 'root', IER
      ELSE
        WRITE (*, '(A,2(1X,I0))') 'root', IER, INT(100 * N)
      END IF
      END
