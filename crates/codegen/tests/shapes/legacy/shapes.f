C     Every shape a Fortran routine can have, as far as generated code goes
      SUBROUTINE FLABEL(NAME, N, TEXT, IER)
      IMPLICIT NONE
      CHARACTER*(*) NAME, TEXT
      INTEGER*4 N, IER
      TEXT = NAME
      IER = 0
      IF (LEN(TEXT) .LT. LEN(NAME)) IER = 1
      IF (N .LT. 0) IER = -1
      END
      LOGICAL*4 FUNCTION FALLOK(N, FLAGS, LANY)
      IMPLICIT NONE
      INTEGER*4 N, I
      LOGICAL*4 FLAGS(N), LANY, R
      R = .TRUE.
      LANY = .FALSE.
      DO I = 1, N
         R = R .AND. FLAGS(I)
         LANY = LANY .OR. FLAGS(I)
      ENDDO
      FALLOK = R
      END
      SUBROUTINE FSET(A, B, I)
      IMPLICIT NONE
      REAL*8 A, B, CA, CB
      INTEGER*4 I, CI
      COMMON /BLOC/ CA, CB, CI
      CA = A
      CB = B
      CI = I
      END
      REAL*8 FUNCTION FGET(K)
      IMPLICIT NONE
      REAL*8 V(2)
      INTEGER*4 K, J
      COMMON /BLOC/ V, J
      FGET = V(K) + J
      END
      SUBROUTINE FROT(X, N, ANG, LBACK)
      IMPLICIT NONE
      INTEGER*4 N, I
      LOGICAL*4 LBACK
      REAL*8 X(3,N), ANG, A, Y
      A = ANG
      IF (LBACK) A = -A
      DO I = 1, N
         Y = X(1,I)*COS(A) - X(2,I)*SIN(A)
         X(2,I) = X(1,I)*SIN(A) + X(2,I)*COS(A)
         X(1,I) = Y
      ENDDO
      END
      REAL*4 FUNCTION FREAL4(X)
      REAL*4 X
      FREAL4 = 2*X
      END
      COMPLEX*16 FUNCTION FCPLX(R, T)
      REAL*8 R, T
      FCPLX = DCMPLX(R*COS(T), R*SIN(T))
      END
      SUBROUTINE FPICK(LIST, N, K, ONE)
      IMPLICIT NONE
      INTEGER*4 N, K
      CHARACTER*8 LIST(N), ONE
      ONE = LIST(K)
      END
