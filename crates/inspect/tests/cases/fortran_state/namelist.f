      SUBROUTINE RDN(U)
      INTEGER U,N
      REAL*8 X(3),Y
      COMMON /PAR/ X,N
      SAVE Y
      NAMELIST /PP/ X,N,Y
      N=N+1
      X(1)=U
      Y=Y+X(1)
      WRITE(6,PP)
      END
      SUBROUTINE NML(U)
      INTEGER U
      INTEGER I
      REAL B(2)
      DATA I /1/, B /1,2/
      NAMELIST /NN/ I, B
      READ(5,NN)
      I = I + 1
      B(1) = B(1) + U
      END
