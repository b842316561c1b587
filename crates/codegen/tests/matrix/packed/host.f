      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'packed.inc'
C     Members that lie across all units are moved by their bytes
      INTEGER*1 P(22), V(8), R(2), SB(48)
      REAL*8 VALUE, S(6)
      INTEGER*2 RANK, SS(24)
      INTEGER*4 I
      EQUIVALENCE (VALUE, V), (RANK, R), (S, SS, SB)
      RANK = -300
      CALL PACKED_PACK(P, 65_1, 2.5D0, RANK)
      RANK = 0
      DO 10 I = 1, 8
        V(I) = P(PACKET_VALUE + I - 1)
   10 CONTINUE
      R(1) = P(PACKET_RANK)
      R(2) = P(PACKET_RANK + 1)
      WRITE (*, '(A,1X,A,2(1X,I0))') 'pack',
     &  CHAR(INT(P(PACKET_TAG))), INT(100 * VALUE), RANK
      RANK = 500
      CALL PACKED_PACK(P(PACKET_BYTES + 1), 64_1, 1D0, RANK)
      WRITE (*, '(A,1X,I0)') 'unpack', INT(100 * PACKED_UNPACK(P, 2))
      SS(SPARSE_A) = 7
      S(SPARSE_B) = 0.225D0
      SB(SPARSE_C) = -3
      CALL PACKED_SPREAD(S, 10)
      WRITE (*, '(A,3(1X,I0))') 'spread', SS(SPARSE_A),
     &  INT(100 * S(SPARSE_B)), SB(SPARSE_C)
      END
