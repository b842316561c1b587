C     Optimised, the body is copied into the entries, and where the variables are is not said: the list is, in its order.
      SUBROUTINE SETB(X,N)
      INTEGER N,K
      REAL*8 X(N),T
      COMMON /BLK/ T,K
      T = X(1)
      K = N
      RETURN
      ENTRY GETB(X,N)
      X(1)=T
      N=K
      END
