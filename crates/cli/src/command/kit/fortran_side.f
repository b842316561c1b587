C     @(#) fortran_side.f acceptance kit of cmp-bridge
C     What the local Fortran compiler makes of names, texts and COMMON
      SUBROUTINE KITFOR(TEXTE, N, X, AUTRE)
      CHARACTER*(*) TEXTE, AUTRE
      INTEGER*4 N
      REAL*8 X
      INTEGER*4 I1
      REAL*8 D1, D2(3)
      INTEGER*4 I2, I3
      COMMON /KITCOM/ D1, D2, I1, I2
      COMMON /KITODD/ I3, D3
      REAL*8 D3
      N  = 1000*LEN(TEXTE) + LEN(AUTRE)
      X  = 2.5D0
      D1 = 1.D0
      D2(1) = 2.D0
      D2(2) = 3.D0
      D2(3) = 4.D0
      I1 = 5
      I2 = 6
      I3 = 7
      D3 = 8.D0
      END
      LOGICAL FUNCTION KITVRA(I)
      INTEGER*4 I
      KITVRA = I .GT. 0
      END
