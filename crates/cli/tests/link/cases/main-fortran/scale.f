      INTEGER FUNCTION SCALE(N)
      INTEGER N
      SCALE = 3 * N
      END
