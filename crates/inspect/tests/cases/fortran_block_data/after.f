      SUBROUTINE T1(A)
      REAL*8 A,V
      COMMON /CV/ V
      V=V+A
      A=A*2
      END
      BLOCK DATA B3
      INTEGER L
      COMMON /CL/ L
      DATA L /2/
      END
