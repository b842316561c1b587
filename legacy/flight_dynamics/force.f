C     @(#) force.f 1.3 94/02/17 CMP - Dynamique du vol
C=======================================================================
C     Extrapolation numérique, potentiel zonal J2 à J6
C=======================================================================
      SUBROUTINE ACCZON(POS, ACC)
C-----------------------------------------------------------------------
C     Accélération due au terme central et aux zonaux de /CST/
C       POS  (E) position (m)
C       ACC  (S) accélération (m/s2)
C     grad [ mu/r (ae/r)**n Cn0 Pn(u) ], u = z/r :
C       mu/r2 (ae/r)**n Cn0 [ Pn'(u) k - Pn+1'(u) r/|r| ]
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 POS(3), ACC(3)
      INCLUDE 'cst.inc'
      REAL*8 R, U, Q, C, SR, SZ, P(0:7), DP(0:7)
      INTEGER*4 N
C
      R = DSQRT(POS(1)**2 + POS(2)**2 + POS(3)**2)
      U = POS(3)/R
C     polynômes de Legendre et leurs dérivées
      P(0)  = 1.D0
      P(1)  = U
      DP(0) = 0.D0
      DP(1) = 1.D0
      DO N = 2, 7
         P(N)  = ((2*N-1)*U*P(N-1) - (N-1)*P(N-2))/N
         DP(N) = DP(N-2) + (2*N-1)*P(N-1)
      ENDDO
      SR = -1.D0
      SZ = 0.D0
      Q  = AE/R
      DO N = 2, 6
         Q  = Q*AE/R
         C  = Q*CN0(N)
         SR = SR - C*DP(N+1)
         SZ = SZ + C*DP(N)
      ENDDO
      C = XMU/(R*R)
      ACC(1) = C*SR*POS(1)/R
      ACC(2) = C*SR*POS(2)/R
      ACC(3) = C*(SR*U + SZ)
      END
C=======================================================================
      SUBROUTINE SECMEM(N, T, Y, YP)
C-----------------------------------------------------------------------
C     Second membre des équations du mouvement, pour RK4PAS
C       N   (E) dimension, 6 au moins ; au delà, dérivée nulle
C       T   (E) temps (non utilisé, champ zonal)
C       Y   (E) Y(N) : position, vitesse
C       YP  (S) YP(N) : dérivée
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, I
      REAL*8 T, Y(N), YP(N)
      DO I = 1, 3
         YP(I) = Y(I+3)
      ENDDO
      CALL ACCZON(Y, YP(4))
      DO I = 7, N
         YP(I) = 0.D0
      ENDDO
      END
C=======================================================================
      SUBROUTINE EXTNUM(POS, VIT, DT, PAS, NBPAS, IER)
C-----------------------------------------------------------------------
C     Extrapolation numérique sur DT secondes (signe quelconque)
C       POS, VIT  (E/S) position (m) et vitesse (m/s)
C       DT        (E)   durée (s)
C       PAS       (E)   pas maximal (s), > 0
C       NBPAS     (S)   nombre de pas faits
C       IER       (S)   0, -1 PAS <= 0 (rien n'est écrit), -2 passage
C                       sous le rayon équatorial (arrêt à ce pas)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 POS(3), VIT(3), DT, PAS
      INTEGER*4 NBPAS, IER
      INCLUDE 'cst.inc'
      EXTERNAL SECMEM
      REAL*8 Y(6), TRAV(6,5), T, H
      INTEGER*4 I, K, N
C
      IER = -1
      IF (PAS .LE. 0.D0) RETURN
      IER = 0
      N = INT(DABS(DT)/PAS)
      IF (N*PAS .LT. DABS(DT)) N = N + 1
      NBPAS = 0
      IF (N .EQ. 0) RETURN
      H = DT/N
      T = 0.D0
      DO I = 1, 3
         Y(I)   = POS(I)
         Y(I+3) = VIT(I)
      ENDDO
      DO K = 1, N
         CALL RK4PAS(SECMEM, 6, T, Y, H, TRAV)
         NBPAS = K
         IF (Y(1)**2 + Y(2)**2 + Y(3)**2 .LT. AE*AE) THEN
            IER = -2
            GOTO 10
         ENDIF
      ENDDO
   10 CONTINUE
      DO I = 1, 3
         POS(I) = Y(I)
         VIT(I) = Y(I+3)
      ENDDO
      END
