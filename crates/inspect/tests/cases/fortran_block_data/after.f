      SUBROUTINE T1(A)
      REAL*8 A,V
      COMMON /CV/ V
      V=V+A
      A=A*2
      END
      REAL*8 FUNCTION T2(A)
C     What it calls is said to be declared where it is first mentioned.
      EXTERNAL T3
      REAL*8 A,V
      COMMON /CV/ V
      CALL T3(A,V)
      T2=V
      END
      BLOCK DATA B3
      INTEGER L
      COMMON /CL/ L
      DATA L /2/
      END
