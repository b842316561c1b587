      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'ada_arrays.inc'
      REAL*8 V(5:8), W(-3:-3), S(100:102), M(-1:1, 2:3)
      INTEGER*4 N(-2:1)
      INTEGER*1 BYTES(6), SEVEN(1)
      CHARACTER*5 T, U
      DATA V /1D0, 2D0, 2.5D0, 1D0/, W /2D0/, S /1D0, 2D0, 3D0/
      DATA M /1.5D0, 2.5D0, 3.5D0, 4.5D0, 5.5D0, 21.5D0/
      DATA BYTES /6*-1/, SEVEN /7/
      WRITE (*, '(A,3(1X,I0))') 'sum',
     &  INT(100 * ADA_ARRAYS__SUM(V, 5, 8)),
     &  INT(100 * ADA_ARRAYS__SUM(W, -3, -3)),
     &  INT(100 * ADA_ARRAYS__SUM(W, 5, 4))
      WRITE (*, '(A,3(1X,I0))') 'greatest',
     &  ADA_ARRAYS__GREATEST(V, 5, 8),
     &  ADA_ARRAYS__GREATEST(W, -3, -3),
     &  ADA_ARRAYS__GREATEST(W, 5, 4)
      CALL ADA_ARRAYS__SCALE(S, 100, 102, 2.5D0)
      WRITE (*, '(A,3(1X,I0))') 'scale', INT(100 * S)
      CALL ADA_ARRAYS__NUMBER(N, -2, 1)
      WRITE (*, '(A,4(1X,I0))') 'number', N
      CALL ADA_ARRAYS__UPPER('debut du jour', T)
      CALL ADA_ARRAYS__UPPER('abc', U)
      WRITE (*, '(7A)') 'upper [', T, '] [', U, '] [', ']'
      WRITE (*, '(A,2(1X,I0))') 'tally',
     &  ADA_ARRAYS__TALLY('e', 'deuxieme'),
     &  ADA_ARRAYS__TALLY('e', ' ')
C     The first index here is Ada's second
      WRITE (*, '(A,1X,I0)') 'moment',
     &  INT(100 * ADA_ARRAYS__MOMENT(M, -1, 1, 2, 3))
      WRITE (*, '(A,3(1X,I0))') 'checksum',
     &  ADA_ARRAYS__CHECKSUM(BYTES, 250, 255),
     &  ADA_ARRAYS__CHECKSUM(SEVEN, 0, 0),
     &  ADA_ARRAYS__CHECKSUM(BYTES, 2, 1)
      WRITE (*, '(A,1X,I0)') 'apart',
     &  INT(100 * ADA_ARRAYS__APART(1, 2, V, 5, 8, 4, W, -3, -3, 8))
      END
