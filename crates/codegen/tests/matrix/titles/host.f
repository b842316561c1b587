      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'titles.inc'
      CHARACTER*8 NAME
      CHARACTER*4 TABLE(3)
      CHARACTER*1 LETTER
      INTEGER*4 I
      DATA TABLE /'ASH', 'ASV', 'PVT'/, LETTER /'A'/
      NAME = TITLES_DAY(1)
      DO 10 I = 1, 8
        IF (NAME(I:I) .EQ. ' ') NAME(I:I) = '.'
   10 CONTINUE
      WRITE (*, '(A,1X,A)') 'day', NAME
      NAME = TITLES_DAY(4)
      NAME(6:8) = '...'
      WRITE (*, '(A,1X,A)') 'day', NAME
      WRITE (*, '(A,1X,I0)') 'find', TITLES_FIND(TABLE, 3, 'ASV')
      WRITE (*, '(A,1X,I0)') 'find', TITLES_FIND(TABLE, 3, 'AS')
      CALL TITLES_NEXT(LETTER)
      WRITE (*, '(A,1X,A)') 'next', LETTER
      END
