      PROGRAM DAY
      DOUBLE PRECISION ELT(3), POS(5), CST
      COMMON /CSTBLK/ CST(4)
      INTEGER IER
      CST(1) = 2
      CST(2) = 0
      ELT(1) = 1
      ELT(2) = 2
      ELT(3) = 3
      CALL PROPAG(3, ELT, 3, 'SPOT', POS, IER)
      PRINT *, POS, IER
      END
