C     pas.f - COMBINE et la routine qu'elle appelle, dans la meme unite
      DOUBLE PRECISION FUNCTION PAS(X)
      DOUBLE PRECISION X
      PAS = X*1.5D0 + 0.25D0
      END
C
      SUBROUTINE COMBIN(A, B, C, D, R)
      DOUBLE PRECISION A, B, C, D, R, PAS, S
      S = PAS(A)
      R = R + S + 2*B + 3*C + 5*D
      END
C
      PROGRAM PRINC
      DOUBLE PRECISION R
      INTEGER I
      R = 0
      DO 10 I = 1, 100
        CALL COMBIN(DBLE(I), I+0.5D0, I+0.25D0, I+0.125D0, R)
   10 CONTINUE
      PRINT *, R
      END
