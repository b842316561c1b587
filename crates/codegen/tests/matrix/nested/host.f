      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'nested.inc'
C     The record: its storage as each type
      REAL*8 G(9), G2(9), P(4), C(2), A(3, 2), B(6)
      INTEGER*4 GI(18), GI2(18), I
      CHARACTER*1 GT(72), GT2(72)
      EQUIVALENCE (G, GI, GT), (G2, GI2, GT2)
      DATA P /1D0, 3D0, 5D0, 5D0/, A /1D0, 2D0, 3D0, 4D0, 5D0, 6D0/
      INTEGER*4 AT
      AT = (GRID_CORNERS - 1) / 8
      DO 10 I = 1, 6
        GI(GRID_CELLS + I - 1) = I
   10 CONTINUE
      DO 20 I = 1, 4
        G(AT + I) = DBLE(I)
        GT(GRID_LABEL + I - 1) = CHAR(ICHAR('A') + I - 1)
   20 CONTINUE
      G(GRID_LEVEL) = 2D0
      CALL NESTED_TRANSFORM(G, 2D0)
      WRITE (*, '(A,10(1X,I0),1X,4A,1X,I0)') 'transform',
     &  (GI(I), I = 1, 6), (INT(100 * G(AT + I)), I = 1, 4),
     &  (GT(GRID_LABEL + I - 1), I = 1, 4), INT(100 * G(GRID_LEVEL))
      WRITE (*, '(A,1X,I0)') 'total', INT(100 * NESTED_TOTAL(G))
      CALL NESTED_RAISED(G, 2.5D0, G2)
      WRITE (*, '(A,3(1X,I0),1X,4A)') 'raised', GI2(1), GI2(6),
     &  INT(100 * G2(GRID_LEVEL)), (GT2(GRID_LABEL + I - 1), I = 1, 4)
      CALL NESTED_CENTRE(P, 2, C)
      WRITE (*, '(A,2(1X,I0))') 'centre', INT(100 * C)
      CALL NESTED_TRANSPOSE(A, B)
      WRITE (*, '(A,6(1X,I0))') 'transpose', INT(100 * B)
      END
