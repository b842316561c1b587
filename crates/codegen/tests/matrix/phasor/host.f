      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'phasor.inc'
      COMPLEX*16 Z, LIST(3)
      COMPLEX*8 S
      DATA LIST /(1D0, 0.5D0), (2D0, -1D0), (3D0, -2D0)/
      CALL SHOW('turn', PHASOR_TURN((3D0, 4D0)))
      S = PHASOR_TURN_SINGLE((0.25E0, 0.75E0), 2E0)
      WRITE (*, '(A,2(1X,I0))') 'turn_single', INT(100 * REAL(S)),
     &  INT(100 * AIMAG(S))
      Z = (3D0, 4D0)
      CALL PHASOR_SCALE(Z, (1D0, 2D0))
      CALL SHOW('scale', Z)
      CALL SHOW('sum', PHASOR_SUM(LIST, 3))
      END

      SUBROUTINE SHOW(NAME, Z)
      IMPLICIT NONE
      CHARACTER*(*) NAME
      COMPLEX*16 Z
      WRITE (*, '(A,2(1X,I0))') NAME, INT(100 * DBLE(Z)),
     &  INT(100 * DIMAG(Z))
      END
