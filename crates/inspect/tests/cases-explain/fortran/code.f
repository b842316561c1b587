! @flags -ffpe-trap=invalid,zero -ff2c
! @expect trapped: +H333 +H334 -H323
! @expect writes: +H323@code.f:17
! @expect stops: +H320@code.f:24
! @expect goes_on: -H320 -H323
! @expect through: +H320 -H315
! @expect ran: +H322
      REAL FUNCTION trapped(x)
      REAL x
      trapped = x * 2.0
      END

      SUBROUTINE writes(n, ier)
      INTEGER n, ier
      ier = 0
      IF (n .GT. 0) THEN
        WRITE (6, *) n
      END IF
      END

      SUBROUTINE stops(n)
      INTEGER n
      IF (n .GT. 0) THEN
        STOP 3
      END IF
      n = 1
      END

      SUBROUTINE through(n)
      INTEGER n
      CALL stops(n)
      n = n + 1
      CALL through_not(n)
      END

      SUBROUTINE through_not(n)
      INTEGER n
      IF (n .LT. 9) CALL through(n)
      n = n - 1
      END

      SUBROUTINE goes_on(n)
      INTEGER n
      IF (n .GT. 0) THEN
        n = 3
      END IF
      END

      SUBROUTINE ran(x)
      REAL x
      CALL RANDOM_NUMBER(x)
      END
