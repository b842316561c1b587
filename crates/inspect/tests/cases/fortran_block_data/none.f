C     No BLOCK DATA here: what has no values at the start belongs to who includes it, used or not.
      SUBROUTINE V1(A)
      REAL*8 A
      INCLUDE 'own.inc'
      INCLUDE 'free.inc'
      A=A+S
      END
