      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'longcomplex.inc'
      COMPLEX*20 Z
      Z = (1.5D0, 2.5D0)
      CALL SHOW('conjugate', LONGCOMPLEX_CONJUGATE(Z))
      CALL LONGCOMPLEX_SWAP(Z)
      CALL SHOW('swap', Z)
      END

      SUBROUTINE SHOW(NAME, Z)
      IMPLICIT NONE
      CHARACTER*(*) NAME
      COMPLEX*20 Z
      WRITE (*, '(A,2(1X,I0))') NAME, INT(100 * REAL(Z)),
     &  INT(100 * AIMAG(Z))
      END
