      PROGRAM HOST
      IMPLICIT NONE
      INCLUDE 'classes.inc'
      REAL*8 A(2), B(2), C(2)
      INTEGER*4 LABEL(2)
      DATA LABEL /0, 9/
      CALL CLASSES_SLOT_CONSTRUCT(A, 1D0, 5D0)
      WRITE (*, '(A,1X,I0)') 'slot', INT(100 * CLASSES_SLOT_LENGTH(A))
      CALL CLASSES_SLOT_CONSTRUCT(B, 3D0, 8D0)
      CALL CLASSES_COMMON(A, B, C)
      WRITE (*, '(A,2(1X,I0))') 'common', INT(100 * C(SLOT_BEGIN_)),
     &  INT(100 * C(SLOT_END_))
      CALL CLASSES_SHIFT(A, 0.5D0)
      WRITE (*, '(A,2(1X,I0))') 'shift', INT(100 * A)
      CALL CLASSES_LABEL_OF(42, LABEL)
      WRITE (*, '(A,2(1X,I0))') 'label', LABEL
      END
