      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'characters.inc'
      CHARACTER*8 LONG
      CHARACTER*4 SHORT
      INTEGER*4 IER, N, I
      CALL CHARACTERS_JOIN('abc  ', 'def', LONG, IER)
      DO 10 I = 1, 8
        IF (LONG(I:I) .EQ. ' ') LONG(I:I) = '.'
   10 CONTINUE
      WRITE (*, '(A,1X,I0,1X,A)') 'join', IER, LONG
      CALL CHARACTERS_JOIN('abc', 'def', SHORT, IER)
      WRITE (*, '(A,1X,I0,1X,A)') 'join', IER, SHORT
      CALL CHARACTERS_COUNT('station keeping', N, 'ai')
      WRITE (*, '(A,1X,I0)') 'count', N
      LONG = 'Spot 5'
      CALL CHARACTERS_UPPER(LONG)
      LONG(7:8) = '..'
      WRITE (*, '(A,1X,A)') 'upper', LONG
      END
