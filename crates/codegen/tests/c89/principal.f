C     A legacy program in Fortran: calls every routine of titres.toml, and prints what it sees.
      PROGRAM PRINC
      CHARACTER*11 TEXTE
      CHARACTER*8 MOT, NOM
      CHARACTER*4 TABLE(3)
      INTEGER IER, I
      DOUBLE PRECISION X(3, 3), MODULE
      LOGICAL VRAI
      COMPLEX*16 Z, CONJ
      COMPLEX W(2)
      DOUBLE PRECISION A
      INTEGER K
      CHARACTER*8 M
      EXTERNAL MODULE, CONJ, NOM
      COMMON /BLOC/ A(3), K(2), M
      A(1) = 1.0D0
      A(2) = 2.0D0
      A(3) = 3.0D0
      K(1) = 4
      K(2) = 5
      M = 'bloc'
      TEXTE = 'un texte...'
      MOT = 'motdefin'
      TABLE(1) = 'aaaa'
      TABLE(2) = 'bbbb'
      TABLE(3) = 'cccc'
      DO 10 I = 1, 9
         X(MOD(I - 1, 3) + 1, (I - 1) / 3 + 1) = DBLE(I) - 4.5D0
 10   CONTINUE
      VRAI = .TRUE.
      IER = 5
      CALL CENTRE(TEXTE, 3, X, MOT, TABLE, 'L', VRAI, IER)
      WRITE (*, *) TEXTE, MOT, TABLE, VRAI, IER
      WRITE (*, 20) X, A
 20   FORMAT (3F10.4)
      WRITE (*, *) K, M
      Z = (3.0D0, 4.0D0)
      W(1) = (1.0, 2.0)
      W(2) = (3.0, 4.0)
      WRITE (*, 20) MODULE(Z, W), CONJ(Z)
      WRITE (*, 20) W
      WRITE (*, *) NOM(3)
      END
