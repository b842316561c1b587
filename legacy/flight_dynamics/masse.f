C     @(#) masse.f 1.2 93/12/01 CMP - Dynamique du vol
C=======================================================================
C     Masses et ergols
C=======================================================================
      SUBROUTINE MASINI(NOMSAT, XMASSE, CDG, IER)
C-----------------------------------------------------------------------
C     Masse et centre de gravité en début de vie
C       NOMSAT  (E) 'SPOT2' à 'SPOT5' ('SP2'... accepté)
C       XMASSE  (S) masse (kg)
C       CDG     (S) CDG(3) centre de gravité (m)
C       IER     (S) 0, 1 centre de gravité non connu (nul), -1 satellite
C                   inconnu (rien n'est écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      CHARACTER*(*) NOMSAT
      REAL*8 XMASSE, CDG(3)
      INTEGER*4 IER, I, K
      CHARACTER*5 NOM(2:5)
      CHARACTER*3 COURT(2:5)
      REAL*8 TABMAS(2:5), TABCDG(3,2:5)
      SAVE NOM, COURT, TABMAS, TABCDG
      DATA NOM    /'SPOT2', 'SPOT3', 'SPOT4', 'SPOT5'/
      DATA COURT  /'SP2', 'SP3', 'SP4', 'SP5'/
      DATA TABMAS /1864.D0, 1875.2D0, 2753.96D0, 3056.D0/
      DATA TABCDG /-1.612D0,  0.009D0,  0.025D0,
     &              0.D0,     0.D0,     0.D0,
     &             -1.901D0,  0.008D0,  0.059D0,
     &             -1.981D0, -0.003D0, -0.001D0/
C
      IER = -1
      DO 10 K = 2, 5
         IF (NOMSAT.EQ.NOM(K) .OR. NOMSAT.EQ.COURT(K)) GOTO 20
   10 CONTINUE
      RETURN
   20 CONTINUE
      IER = 0
      IF (K .EQ. 3) IER = 1
      XMASSE = TABMAS(K)
      DO 30 I = 1, 3
         CDG(I) = TABCDG(I,K)
   30 CONTINUE
      END
C=======================================================================
      SUBROUTINE CONSOM(XMASSE, DV, XISP, DM, IER)
C-----------------------------------------------------------------------
C     Ergols consommés (loi de Tsiolkovski)
C       XMASSE  (E) masse avant manoeuvre (kg)
C       DV      (E) poussée (m/s, signe indifférent)
C       XISP    (E) impulsion spécifique (s)
C       DM      (S) masse consommée (kg)
C       IER     (S) 0, -1 XMASSE <= 0, -2 XISP <= 0 (DM non écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XMASSE, DV, XISP, DM, G0
      INTEGER*4 IER
      PARAMETER (G0 = 9.80665D0)
      IER = -1
      IF (XMASSE .LE. 0.D0) RETURN
      IER = -2
      IF (XISP .LE. 0.D0) RETURN
      IER = 0
      DM  = XMASSE*(1.D0 - DEXP(-DABS(DV)/(XISP*G0)))
      END
C=======================================================================
      REAL*4 FUNCTION XISP4(PRES)
C-----------------------------------------------------------------------
C     Impulsion spécifique (s) d'un propulseur monoergol selon la
C     pression d'alimentation PRES (bar), loi linéaire 5.5 - 22 bar
C     (valeurs de principe)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*4 PRES, P
      P = MIN(MAX(PRES, 5.5), 22.0)
      XISP4 = 212.0 + (P - 5.5)*(225.0 - 212.0)/16.5
      END
C=======================================================================
      SUBROUTINE JAUGE(N, PRES, TEMP, LVAL, ERGOL, IER)
C-----------------------------------------------------------------------
C     Jaugeage PVT d'un réservoir à décharge (blow-down) : la détente
C     du gaz donne le volume occupé par l'ergol. Réservoir de principe :
C     volume 0.180 m3, 158 kg d'ergol à 22 bar et 20 degrés C.
C       N      (E) nombre de mesures
C       PRES   (E) PRES(N) pression (bar)
C       TEMP   (E) TEMP(N) température (degrés C)
C       LVAL   (S) LVAL(N) LOGICAL, mesure retenue
C       ERGOL  (S) masse restante (kg)
C       IER    (S) 0, 1 mesures écartées, -1 N < 1 (rien n'est écrit),
C                  -2 aucune mesure valide (LVAL écrit, ERGOL non)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, IER, I, NB
      REAL*4 PRES(N), TEMP(N), ERGOL
      LOGICAL LVAL(N)
      REAL*4 VTOT, RHO, P0, T0, XM0, VGAZ0, VGAZ, S
      PARAMETER (VTOT = 0.180, RHO = 1008.0, P0 = 22.0, T0 = 293.15)
      PARAMETER (XM0 = 158.0, VGAZ0 = VTOT - XM0/RHO)
C
      IER = -1
      IF (N .LT. 1) RETURN
      NB = 0
      S  = 0.0
      DO 10 I = 1, N
         LVAL(I) = PRES(I).GT.1.0 .AND. PRES(I).LE.24.0 .AND.
     &             TEMP(I).GT.-5.0 .AND. TEMP(I).LT.60.0
         IF (.NOT. LVAL(I)) GOTO 10
         VGAZ = VGAZ0*(P0/PRES(I))*((TEMP(I) + 273.15)/T0)
         IF (VGAZ .GT. VTOT) VGAZ = VTOT
         S  = S + RHO*(VTOT - VGAZ)
         NB = NB + 1
   10 CONTINUE
      IER = -2
      IF (NB .EQ. 0) RETURN
      IER = 0
      IF (NB .LT. N) IER = 1
      ERGOL = S/NB
      END
