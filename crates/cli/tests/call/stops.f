      SUBROUTINE HALT(N)
      INTEGER N
      PRINT *, 'N =', N
      IF (N.EQ.3) STOP 3
      IF (N.EQ.4) STOP 'END'
      END
      PROGRAM P
      CALL HALT(0)
      END
