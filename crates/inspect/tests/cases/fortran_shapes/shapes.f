C     Every shape of Fortran 77 argument that a contract can hold, and
C     those it refuses.
      SUBROUTINE ADDER(N, A, LDA, B, TAG, FIX, IER)
      INTEGER N, LDA, IER
      DOUBLE PRECISION A(LDA,N), B(2:6), X
      CHARACTER*(*) TAG
      CHARACTER*8 FIX
      COMMON /CST/ GM, RT, NB
      DOUBLE PRECISION GM, RT
      INTEGER NB
      INTEGER KOUNT
      SAVE KOUNT
      DATA KOUNT /0/
      KOUNT = KOUNT + 1
      X = 0
      DO 10 I=1,N
      X = X + A(1,I)*B(2)
 10   CONTINUE
      IF (TAG .EQ. 'YES') X = X*GM
      B(3) = X
      FIX = 'DONE'
      IER = NB + KOUNT
      END

      SUBROUTINE OTHER(X, Y, M, W, S, TAB, F, FLAG, Z, Q7, Q8)
      DOUBLE PRECISION X(*), Y(3,*), W(2*M-1), S(M,M), Z, Q7, Q8
      CHARACTER*10 TAB(M)
      COMMON /CST/ V(2), J
      DOUBLE PRECISION V
      LOGICAL FLAG
      EXTERNAL F
      DOUBLE PRECISION F
      INTEGER J
      EQUIVALENCE (V(1), VI)
      INTEGER VI(4)
      X(1) = F(V(1)) + W(1) + S(1,2)+Z+VI(1)+Q7
      Y(1,1)=Q8
      IF (FLAG) TAB(1) = 'ABC'
      J = 3
      END

      DOUBLE COMPLEX FUNCTION CFUN(Z, ICH)
      COMPLEX*16 Z
      CHARACTER ICH
      CFUN = Z*(0.,1.)
      IF (ICH .EQ. 'A') CFUN = 0
      END

      CHARACTER*(*) FUNCTION CHF(I)
      CHF = 'X'
      IF (I.EQ.3) CHF = 'Y'
      END

      SUBROUTINE ALT(I, *, *)
      IF (I.EQ.1) RETURN 1
      RETURN 2
      END

      SUBROUTINE FIRST(A, I)
      REAL A
      A = I
      RETURN
      ENTRY SECOND(I)
      I = 4
      END

      LOGICAL FUNCTION LF(I)
      LF = I.EQ.3
      END

      SUBROUTINE UNUSED(I, C, X, R)
      INTEGER I
      CHARACTER*4 C
      DOUBLE PRECISION X(*)
      REAL R
      END

      SUBROUTINE CHARR(TAB, N, Q)
      CHARACTER TAB(N)
      CHARACTER*(*) Q(N)
      TAB(1) = Q(N)
      END

      SUBROUTINE CALLBK(S, G, N)
      EXTERNAL S
      INTEGER*8 N
      INTEGER*2 G(0:9)
      COMMON I, K
      COMMON /WORK/ R4, CH, L
      REAL R4
      COMPLEX L
      CHARACTER*5 CH
      CALL S(I, G)
      K = N + I + G(0)
      R4 = L
      IF (CH .EQ. 'ABCDE') L = 0
      END

      SUBROUTINE STATES(A)
      REAL A, B, C
      DOUBLE PRECISION TABLE(3)
      INTEGER IT
      EQUIVALENCE (TABLE(2), IT)
      SAVE
      DATA B /1./, C /0./
      TABLE(1) = A*B + TABLE(3)
      TABLE(3) = IT
      C = C + 1
      IT = C
      A = TABLE(2) + TABLE(1)
      END
