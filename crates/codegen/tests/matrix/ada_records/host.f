      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'ada_records.inc'
C     Each record: its storage as every type
      REAL*8 L(3), T(5), A(3), C(3), V(3)
      INTEGER*4 LI(6), P(2), Q(2), BAT(3), LOAD(4), I, X(4)
      INTEGER*2 TS(20), W, M
      INTEGER*1 LB(24), TB(40), BB(12), OB(16), WB(2)
      INTEGER*4 D
      EQUIVALENCE (L, LI, LB), (T, TS, TB), (BAT, BB), (LOAD, OB)
      EQUIVALENCE (W, WB)
      DATA P /-7, 8/, A /1D0, 2D0, 3D0/, C /4D0, 5D0, 6D0/
      CALL BAND(L, LI, LB)
      X(1) = INT(100 * ADA_RECORDS__EXCESS(L, 2.5D0))
      X(2) = INT(100 * ADA_RECORDS__EXCESS(L, 1.5D0))
      LB(LIMIT_KIND) = KIND_LOW
      L(LIMIT_THRESHOLD) = 1D0
      X(3) = INT(100 * ADA_RECORDS__EXCESS(L, 0.75D0))
      LB(LIMIT_KIND) = KIND_STATE
      LI(LIMIT_VALUE) = 3
      X(4) = INT(100 * ADA_RECORDS__EXCESS(L, 4D0))
      WRITE (*, '(A,4(1X,I0))') 'excess', X
      CALL BAND(L, LI, LB)
      CALL ADA_RECORDS__BECOME(L, KIND_LOW, .FALSE.)
      WRITE (*, '(A,3(1X,I0))') 'become', LB(LIMIT_KIND),
     &  LI(LIMIT_PERSISTENCE), INT(100 * L(LIMIT_THRESHOLD))
      CALL BAND(L, LI, LB)
      CALL ADA_RECORDS__BECOME(L, KIND_LOW, .TRUE.)
      WRITE (*, '(A,3(1X,I0))') 'become', LB(LIMIT_KIND),
     &  INT(100 * L(LIMIT_LEAST)), INT(100 * L(LIMIT_MOST))
      CALL ADA_RECORDS__STANDARD(7, L)
      WRITE (*, '(A,3(1X,I0))') 'standard', LB(LIMIT_KIND),
     &  LI(LIMIT_PERSISTENCE), LI(LIMIT_VALUE)
      CALL ADA_RECORDS__STANDARD(2, L)
      WRITE (*, '(A,3(1X,I0))') 'standard', LB(LIMIT_KIND),
     &  INT(100 * L(LIMIT_LEAST)), INT(100 * L(LIMIT_MOST))
      T(1) = 1D0
      T(2) = 2D0
      T(3) = 3D0
      TS(TRACK_RANK) = 7
      TB(TRACK_VALID) = 0
      CALL ADA_RECORDS__ADVANCE(T, 0.5D0)
      WRITE (*, '(A,4(1X,I0),1X,5A,1X,I0)') 'advance',
     &  (INT(100 * T(I)), I = 1, 3), TS(TRACK_RANK),
     &  (CHAR(INT(TB(TRACK_NAME + I))), I = 0, 4), TB(TRACK_VALID)
      CALL ADA_RECORDS__SWAP(P, Q)
      WRITE (*, '(A,2(1X,I0))') 'swap', Q
      BAT(BATTERY_CHARGE) = 1000
      BAT(BATTERY_CYCLES) = 3
      BB(BATTERY_DISCHARGING) = 1
      CALL ADA_RECORDS__LOAD(BAT, 500, LOAD)
      WRITE (*, '(A,4(1X,I0))') 'load', LOAD(LOAD_RETURN_B_CHARGE),
     &  LOAD(LOAD_RETURN_B_CYCLES), OB(LOAD_RETURN_B_DISCHARGING),
     &  OB(LOAD_RETURN_FULL)
      DO 10 I = 1, 3
        BAT(I) = LOAD(I)
   10 CONTINUE
      CALL ADA_RECORDS__LOAD(BAT, 1000, LOAD)
      WRITE (*, '(A,4(1X,I0))') 'load', LOAD(LOAD_RETURN_B_CHARGE),
     &  LOAD(LOAD_RETURN_B_CYCLES), OB(LOAD_RETURN_B_DISCHARGING),
     &  OB(LOAD_RETURN_FULL)
      M = 10964
      CALL ADA_RECORDS__DECODE(M, W)
      I = IAND(INT(WB(WORD_SENSOR)), 255)
      WRITE (*, '(A,4(1X,I0))') 'decode', IBITS(I, 0, 4),
     &  IBITS(I, 4, 3), IBITS(I, 7, 1), WB(WORD_COUNTER)
      WRITE (*, '(A,1X,I0)') 'encode', ADA_RECORDS__ENCODE(W)
      M = -32735
      WRITE (*, '(A,1X,I0)') 'ones', ADA_RECORDS__ONES(M)
      D = 1985229328
      WRITE (*, '(A,1X,I0)') 'number', ADA_RECORDS__NUMBER(D)
      CALL ADA_RECORDS__CROSS(A, C, V)
      WRITE (*, '(A,3(1X,I0))') 'cross', INT(100 * V)
      END

      SUBROUTINE BAND(L, LI, LB)
      IMPLICIT NONE
      INCLUDE 'ada_records.inc'
      REAL*8 L(3)
      INTEGER*4 LI(6)
      INTEGER*1 LB(24)
      LI(1) = 0
      LB(LIMIT_KIND) = KIND_BAND
      LI(LIMIT_PERSISTENCE) = 3
      L(LIMIT_LEAST) = 1D0
      L(LIMIT_MOST) = 2D0
      END
