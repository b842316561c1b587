C     Propagation over a COMMON block: arguments by address, a hidden
C     length, extents that depend on arguments.
      SUBROUTINE PROPAG(N, ELT, M, TAG, POS, IER)
      INTEGER N, M, IER, I
      DOUBLE PRECISION ELT(N), POS(2*M-1), CST
      CHARACTER*(*) TAG
      COMMON /CSTBLK/ CST(4)
      IER = LEN(TAG)
      DO 10 I = 1, 2*M-1
         POS(I) = CST(1) * ELT(1 + MOD(I, N))
   10 CONTINUE
      CST(2) = CST(2) + 1
      END

      COMPLEX*16 FUNCTION TURN(Z, A)
      COMPLEX*16 Z
      DOUBLE PRECISION A
      TURN = Z * DCMPLX(COS(A), SIN(A))
      END
