      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'scalars.inc'
      INTEGER*4 COUNT, NOT0, NOT1
      INTEGER*2 I300, IM4, IR
      INTEGER*1 IM5, I250, IM7
      INTEGER*2 I32490
      REAL*8 X, Y, MANY
      DATA I300 /-300/, IM4 /-4/, IR /8/, IM5 /-5/, IM7 /-7/
      DATA I250 /-6/, I32490 /32490/
      MANY = SCALARS_MANY(1.5D0, 1, 2.5D0, 20_8, 3.5E0, 3, 4.5D0, IM4,
     &  5.5D0, 5, 6.5D0, 6, 7.5D0, IM7, 8.5D0, IR, 9.5D0, 90_8)
      WRITE (*, '(A,1X,I0)') 'many', INT(10 * MANY)
      WRITE (*, '(A,1X,I0)') 'narrow',
     &  SCALARS_NARROW(IM5, I250, I300, I32490)
      WRITE (*, '(A,1X,I0)') 'wide', SCALARS_WIDE(3000000_8, 3000000_8)
      WRITE (*, '(A,1X,I0)') 'single', INT(100 * SCALARS_SINGLE(5.0E0))
      NOT1 = 0
      NOT0 = 0
      IF (SCALARS_NEGATE(.TRUE.)) NOT1 = 1
      IF (SCALARS_NEGATE(.FALSE.)) NOT0 = 1
      WRITE (*, '(A,2(1X,I0))') 'negate', NOT1, NOT0
      X = 7.5D0
      COUNT = 7
      CALL SCALARS_HALVE(X, Y, COUNT)
      WRITE (*, '(A,2(1X,I0))') 'halve', INT(100 * Y), COUNT
      END
