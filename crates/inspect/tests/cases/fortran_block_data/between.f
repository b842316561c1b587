      SUBROUTINE S0(A)
      REAL*8 A,W
      COMMON /W0/ W
      A=A+1
      END
      SUBROUTINE S1(A)
      REAL*8 A
      INCLUDE 'com.inc'
      A=A+P(1)
      END
      BLOCK DATA B1
      INCLUDE 'com.inc'
      INTEGER J
      COMMON /CJ/ J
      DATA P /1,2,3/, Q /4/, J /2/
      END
      SUBROUTINE S2(A)
      REAL*8 A
      A=A*2
      END
      SUBROUTINE S3(A)
      REAL*8 A
      A=A*3
      END
      BLOCK DATA B2
      INTEGER K
      COMMON /CK/ K
      DATA K /2/
      END
