      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'records.inc'
C     Records: storage, and its fields by their numbers
      REAL*8 P1(2), P2(2), MIDDLE(2), V1(3), V2(3), C(3), L(5), L2(5)
      REAL*8 D(2), D2(2), T(6), STEP(2), COPY(2)
      INTEGER*4 DI(4), DI2(4), TI(12)
      INTEGER*2 TS(24)
      INTEGER*1 TB(48)
      REAL*4 LINE(2)
      INTEGER*8 R1(2), R2(2), R3(2), WIDER(2)
      EQUIVALENCE (D, DI), (D2, DI2), (T, TI, TS, TB)
      DATA V1 /1D0, 2D0, 3D0/, V2 /4D0, 5D0, 6D0/, L /5*10D0/
      DATA STEP /2D0, 1D0/, R1 /0, 100/
      P1(1) = 3D0
      P1(2) = 4D0
      WRITE (*, '(A,1X,I0)') 'norm', INT(100 * RECORDS_NORM(P1))
      P1(POINT_X) = 1D0
      P1(POINT_Y) = -3D0
      P2(POINT_X) = 4D0
      P2(POINT_Y) = 1D0
      CALL RECORDS_MIDDLE(P1, P2, MIDDLE)
      WRITE (*, '(A,2(1X,I0))') 'middle', INT(100 * MIDDLE)
      DI(DATE_DAY) = 19116
      D(DATE_SEC) = 86400D0 - 1.25D0
      CALL RECORDS_LATER(D, 2.5D0, D2)
      WRITE (*, '(A,2(1X,I0))') 'later', DI2(DATE_DAY),
     &  INT(100 * D2(DATE_SEC))
      P1(1) = 1D0
      P1(2) = 1D0
      P2(1) = 3D0
      P2(2) = 5D0
      CALL RECORDS_THROUGH(P1, P2, LINE)
      WRITE (*, '(A,2(1X,I0))') 'through', INT(100 * LINE)
      CALL RECORDS_WIDER(R1, 5, WIDER)
      WRITE (*, '(A,2(1X,I0))') 'wider', WIDER
      CALL RECORDS_CROSS(V1, V2, C)
      WRITE (*, '(A,3(1X,I0))') 'cross', INT(100 * C)
      CALL RECORDS_WIDEN(L, 1D0, L2)
      WRITE (*, '(A,5(1X,I0))') 'widen', INT(10 * L2)
      R1(RANGE_FIRST) = 7
      R1(RANGE_LAST) = 6
      R2(RANGE_FIRST) = 5
      R2(RANGE_LAST) = 4
      R3(1) = 1
      R3(2) = 1
      DI(DATE_DAY) = 1
      D(DATE_SEC) = 0.5D0
      WRITE (*, '(A,1X,I0)') 'spill', RECORDS_SPILL(R1, R2, 3, R3, D)
      T(1) = 1D0
      T(2) = 4D0
      TI(TRACK_AT_DAY) = 19115
      T(TRACK_AT_SEC) = 0D0
      TB(TRACK_CODE) = 3
      TS(TRACK_RANK) = 70
      T(TRACK_WEIGHT) = 3D0
      CALL RECORDS_ADVANCE(T, STEP, COPY)
      WRITE (*, '(A,6(1X,I0))') 'advance', INT(100 * T(1)),
     &  INT(100 * T(2)), TI(TRACK_AT_DAY), TB(TRACK_CODE),
     &  TS(TRACK_RANK), INT(100 * T(TRACK_WEIGHT))
      WRITE (*, '(A,2(1X,I0))') 'copy', INT(100 * COPY)
      END
