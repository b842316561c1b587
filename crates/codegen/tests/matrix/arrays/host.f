      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'arrays.inc'
      REAL*8 A(3), B(3), C(3), SUMS(2), OUT(3), Q, M(3, 2)
      INTEGER*4 X(5), VALUE, IER
      CHARACTER*8 TEXT
      DATA A /1D0, 2D0, 3D0/, B /4D0, 5D0, 6D0/, X /1, 2, 3, 4, 5/
      DATA M /1D0, 2D0, 3D0, 4D0, 5D0, 6D0/
      WRITE (*, '(A,1X,I0)') 'dot', INT(100 * ARRAYS_DOT(A, B, 3))
      CALL ARRAYS_FILL(OUT, 3_8, 2.5D0)
      WRITE (*, '(A,3(1X,I0))') 'fill', INT(10 * OUT)
      WRITE (*, '(A,1X,I0)') 'window', ARRAYS_WINDOW(X, 3)
      CALL ARRAYS_ROW_SUMS(M, 2, SUMS)
      WRITE (*, '(A,2(1X,I0))') 'row_sums', INT(100 * SUMS)
      CALL ARRAYS_CROSS(A, B, C)
      WRITE (*, '(A,3(1X,I0))') 'cross', INT(100 * C)
      VALUE = 99
      IER = ARRAYS_PARSE('42', VALUE)
      WRITE (*, '(A,2(1X,I0))') 'parse', IER, VALUE
      VALUE = 99
      IER = ARRAYS_PARSE('7x      ', VALUE)
      WRITE (*, '(A,2(1X,I0))') 'parse', IER, VALUE
      IF (IER .NE. ARRAYS_PARSE_WARNING) WRITE (*, *) 'a warning'
      VALUE = 99
      IER = ARRAYS_PARSE('x', VALUE)
      WRITE (*, '(A,2(1X,I0))') 'parse', IER, VALUE
      IF (IER .EQ. ARRAYS_PARSE_OK) WRITE (*, *) 'an error'
      Q = 0D0
      CALL ARRAYS_DIVIDE(3D0, 2D0, Q, IER)
      WRITE (*, '(A,2(1X,I0))') 'divide', IER, INT(100 * Q)
      CALL ARRAYS_DIVIDE(0D0, 2D0, Q, IER)
      WRITE (*, '(A,2(1X,I0))') 'divide', IER, INT(100 * Q)
      CALL ARRAYS_DIVIDE(1D0, 0D0, Q, IER)
      WRITE (*, '(A,2(1X,I0))') 'divide', IER, INT(100 * Q)
      TEXT = '********'
      VALUE = ARRAYS_STAMP(TEXT, 5)
      WRITE (*, '(A,1X,I0,1X,A)') 'stamp', VALUE, TEXT(1:5)
      IF (TEXT(6:8) .NE. ' ') WRITE (*, *) 'not blank padded'
      END
