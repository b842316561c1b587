      INTEGER FUNCTION SCALE(I)
      INTEGER I, K(2)
      COMMON /CST/ K
      SCALE = I*K(1)
      END
      BLOCK DATA
      INTEGER K(2)
      COMMON /CST/ K
      DATA K /3, 9/
      END
