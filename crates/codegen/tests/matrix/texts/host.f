      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'texts.inc'
      CHARACTER*7 TEXT
      CHARACTER*6 JOINED
      CHARACTER*8 LABEL
      INTEGER*4 STATUS
      WRITE (*, '(A,2(1X,I0))') 'length', TEXTS_LENGTH('cinq!   '),
     &  TEXTS_LENGTH(' ')
      TEXT = 'abc-XyZ'
      CALL TEXTS_UPPER(TEXT, LEN(TEXT))
      WRITE (*, '(A,1X,A)') 'upper', TEXT
      STATUS = TEXTS_JOIN('SPOT', ' 5', JOINED, 6)
      WRITE (*, '(A,1X,I0,1X,A)') 'join', STATUS, JOINED
      STATUS = TEXTS_JOIN('SPOT', ' 5', JOINED(1:4), 4)
      WRITE (*, '(A,1X,I0,1X,A)') 'join', STATUS, JOINED(1:4)
      JOINED = '....'
      STATUS = TEXTS_JOIN(' ', ' ', JOINED(1:4), 4)
      WRITE (*, '(A,1X,I0,1X,A)') 'join', STATUS, JOINED(1:4)
      CALL TEXTS_STAMP(LABEL, 42)
      WRITE (*, '(A,1X,A)') 'stamp', LABEL
      END
