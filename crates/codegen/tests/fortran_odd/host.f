      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'odd.inc'
      CHARACTER*600 LONG, BACK
      INTEGER I
      LONG = '  '
      DO 10 I = 3, 592
        LONG(I:I) = 'z'
   10 CONTINUE
      CALL ODD_SKIP(LONG, BACK)
      PRINT '(L1,L2)', BACK(1:590) .EQ. LONG(3:592), BACK(591:) .EQ. ' '
      CALL ODD_SKIP('   pointing', BACK)
      PRINT '(A)', BACK(1:10)
      CALL ODD_COPY('xyz  ', BACK)
      PRINT '(A)', BACK(1:4)
      PRINT '(F6.1)', NORM(1D0, 'four')
      PRINT '(2L2,I5)', ODD_NONE(ODD_NO_REAL8(1)), ODD_NONE(1D0), BLUE
      END
