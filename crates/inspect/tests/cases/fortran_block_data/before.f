      BLOCK DATA B4
      INTEGER M
      COMMON /CM/ M
      INCLUDE 'own.inc'
      DATA M /2/, R /1,2/
      END
      SUBROUTINE U1(A)
      REAL*8 A
      A=A*2
      END
      SUBROUTINE U2(A,I)
      REAL*8 A
      INCLUDE 'own.inc'
      A=A*R(I)
      END
      SUBROUTINE U3(A)
      REAL*8 A
      INCLUDE 'own.inc'
      A=A*S
      RETURN
      ENTRY U4(A)
      S=A
      END
