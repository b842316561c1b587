      PROGRAM JOUR
      DOUBLE PRECISION D, E, V(3)
      INTEGER I, NB, MB, K, N
      CHARACTER*5 T
      COMMON /X/ D, NB
      COMMON /A/ K
      COMMON /ARGS/ E, MB, T
      COMMON /I/ V
      D = 1.5D0
      NB = 0
      K = 40
      E = 0
      MB = 7
      T = ' '
      V(1) = 1
      V(2) = 2
      V(3) = 3
      DO 10 N = 1, 3
      I = N * 10
      CALL PAS(2.5D0, I)
   10 WRITE(*, 20) I, D, NB, K, E, MB, T, V
   20 FORMAT(I4, F8.3, 2I4, F8.3, I4, 1X, A5, 3F9.3)
      END
