      CHARACTER*8 FUNCTION WHO(N)
      INTEGER N
      WHO = 'SPOT'
      WRITE (WHO(5:5), '(I1)') N
      END
