      SUBROUTINE PAS(P, I)
      DOUBLE PRECISION P, D, E, V(3)
      INTEGER I, NB, MB, K, J
      CHARACTER*5 T
      COMMON /X/ D, NB
      COMMON /A/ K
      COMMON /ARGS/ E, MB, T
      COMMON /I/ V
      D = D + P
      NB = NB + 1
      K = K - NB
      E = D * 2
      MB = MB + I
      T = 'PAS' // CHAR(48 + NB)
      DO 10 J = 1, 3
   10 V(J) = V(J) * P + J
      I = NB
      END
