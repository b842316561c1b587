C     The routines of titres.toml, as a Fortran compiler makes them.
      SUBROUTINE CENTRE(TEXTE, N, X, MOT, TABLE, LETTRE, VRAI, IER)
      CHARACTER*(*) TEXTE
      CHARACTER*8 MOT
      CHARACTER*4 TABLE(3)
      CHARACTER LETTRE
      CHARACTER C
      INTEGER N, IER, I, J, L
      DOUBLE PRECISION X(3, *)
      LOGICAL VRAI
      DOUBLE PRECISION A
      INTEGER K
      CHARACTER*8 M
      COMMON /BLOC/ A(3), K(2), M
      L = LEN(TEXTE)
      DO 10 I = 1, L / 2
         C = TEXTE(I:I)
         TEXTE(I:I) = TEXTE(L + 1 - I:L + 1 - I)
         TEXTE(L + 1 - I:L + 1 - I) = C
 10   CONTINUE
      DO 30 J = 1, N
         DO 20 I = 1, 3
            X(I, J) = -X(I, J)
 20      CONTINUE
 30   CONTINUE
      MOT(1:1) = LETTRE
      TABLE(3) = MOT(5:8)
      VRAI = .NOT. VRAI
      A(2) = A(2) + 1.0D0
      K(2) = K(1)
      M(8:8) = '!'
      IER = 0
      IF (N .GT. 2) IER = 1
      END

      DOUBLE PRECISION FUNCTION MODULE(Z, W)
      COMPLEX*16 Z
      COMPLEX W(2), KEEP
      KEEP = W(1)
      W(1) = W(2)
      W(2) = KEEP
      MODULE = DBLE(Z)**2 + DIMAG(Z)**2
      END

      COMPLEX*16 FUNCTION CONJ(Z)
      COMPLEX*16 Z
      CONJ = DCONJG(Z)
      END

      CHARACTER*8 FUNCTION NOM(K)
      INTEGER K
      NOM = CHAR(65 + K) // '......'
      END
