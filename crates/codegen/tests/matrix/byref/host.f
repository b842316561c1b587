      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'byref.inc'
      REAL*8 C, X
      INTEGER*4 N, IER, I0, I1, I2
      LOGICAL*4 FLAG
      COMPLEX*16 Z
      COMPLEX*8 W
      N = 7
      CALL BYREF_ADD(1.5D0, 2.5E0, N, C)
      WRITE (*, '(A,2(1X,I0))') 'add', INT(100 * C), N
      I0 = 0
      I1 = 0
      IF (BYREF_EVEN(3)) I0 = 1
      IF (BYREF_EVEN(4)) I1 = 1
      WRITE (*, '(A,2(1X,I0))') 'even', I0, I1
      I0 = 0
      I1 = 0
      I2 = 0
      FLAG = .FALSE.
      CALL BYREF_TOGGLE(FLAG, .TRUE.)
      IF (FLAG) I0 = 1
      CALL BYREF_TOGGLE(FLAG, .TRUE.)
      IF (FLAG) I1 = 1
      CALL BYREF_TOGGLE(FLAG, .FALSE.)
      IF (FLAG) I2 = 1
      WRITE (*, '(A,3(1X,I0))') 'toggle', I0, I1, I2
      Z = BYREF_PRODUCT((1D0, 2D0), (3E0, 4E0))
      WRITE (*, '(A,2(1X,I0))') 'product', INT(100 * DBLE(Z)),
     &  INT(100 * DIMAG(Z))
      W = BYREF_HALF((3E0, -1E0))
      WRITE (*, '(A,2(1X,I0))') 'half', INT(100 * REAL(W)),
     &  INT(100 * AIMAG(W))
      WRITE (*, '(A,1X,I0)') 'mean', INT(100 * BYREF_MEAN(2E0, 3E0))
      WRITE (*, '(A,1X,I0)') 'cube', BYREF_CUBE(2000)
      X = BYREF_ROOT(9D0, IER)
      WRITE (*, '(A,2(1X,I0))') 'root', IER, INT(100 * X)
      X = BYREF_ROOT(-4D0, IER)
      WRITE (*, '(A,2(1X,I0))') 'root', IER, INT(100 * X)
      X = BYREF_ROOT(0D0, IER)
      WRITE (*, '(A,1X,I0)') 'root', IER
      END
