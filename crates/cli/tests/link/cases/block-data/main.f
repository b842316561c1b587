      PROGRAM P
      INTEGER K(2), SCALE
      EXTERNAL SCALE
      COMMON /CST/ K
      PRINT '(2I4)', SCALE(1), K(2)
      END
