      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'blocks.inc'
      INCLUDE 'blocks_blocks_cst.inc'
      INTEGER*4 N, M
      CALL BLOCKS_INIT(398600D0, 6378D0, 7)
      CALL BLOCKS_COUNT(N, M)
      WRITE (*, '(A,2(1X,I0))') 'count', N, M
      WRITE (*, '(A,1X,I0)') 'ratio', INT(100 * BLOCKS_RATIO(12756D0))
C     The block itself, written and read
      AE = 12756D0
      WRITE (*, '(A,1X,I0)') 'ratio', INT(100 * BLOCKS_RATIO(6378D0))
      WRITE (*, '(A,2(1X,I0))') 'count', CALLS, MODEL
      IF (ABS(MU - 398600D0) .GT. 1D0) WRITE (*, *) 'mu', MU
      END
