      PROGRAM PROG
      INTEGER SCALE, FIRST, J
      EXTERNAL SCALE, FIRST
      J = SCALE(2)
      WRITE (*, '(A,I0)') 'before ', FIRST()
      WRITE (*, '(A,I0)') 'in ', J
      END
