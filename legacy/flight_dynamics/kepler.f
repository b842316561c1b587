C     @(#) kepler.f 1.4 93/11/22 CMP - Dynamique du vol
C=======================================================================
C     Équation de Képler
C=======================================================================
      REAL*8 FUNCTION KEPLER(XM, EXC, IER)
C-----------------------------------------------------------------------
C     Anomalie excentrique E : E - EXC sin E = XM
C       XM   (E) anomalie moyenne (rad)
C       EXC  (E) excentricité, [0,1[
C       IER  (S) 0, 1 convergence médiocre, -1 EXC hors plage (la
C                fonction vaut alors XM)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XM, EXC
      INTEGER*4 IER
      REAL*8 PI2, XMR, E, S, F, F1, D
      INTEGER*4 K
      PARAMETER (PI2 = 6.283185307179586476925D0)
C     compteurs pour la mise au point
      INTEGER*4 NAPP, NITMAX
      COMMON /KEPCPT/ NAPP, NITMAX
C
      NAPP = NAPP + 1
      KEPLER = XM
      IER = -1
      IF (EXC .LT. 0.D0 .OR. EXC .GE. 1.D0) RETURN
      IER = 0
C     XM est ramené dans [-pi,pi]
      XMR = XM - PI2*DNINT(XM/PI2)
      E = XMR + EXC*DSIN(XMR)/(1.D0 - EXC*DCOS(XMR) + 0.5D0*EXC*EXC)
      IF (EXC .GT. 0.8D0) E = DSIGN(3.141592653589793D0, XMR)
      DO 10 K = 1, 50
         S  = EXC*DSIN(E)
         F  = E - S - XMR
         F1 = 1.D0 - EXC*DCOS(E)
C        Halley : la dérivée seconde vaut S
         D  = F*F1/(F1*F1 - 0.5D0*F*S)
         E  = E - D
         IF (DABS(D) .LE. 1.D-15*(1.D0 + DABS(E))) GOTO 20
   10 CONTINUE
      IF (DABS(F) .GT. 1.D-13) IER = 1
   20 CONTINUE
      NITMAX = MAX(NITMAX, MIN(K,50))
      KEPLER = E + (XM - XMR)
      END
C=======================================================================
      REAL*8 FUNCTION KEPGEN(PSOM, EX, EY, IER)
C-----------------------------------------------------------------------
C     Équation de Képler généralisée (variables circulaires)
C     u - EX sin u + EY cos u = PSOM, avec u = om + E
C       PSOM    (E) argument de latitude moyen om + M (rad)
C       EX, EY  (E) vecteur excentricité
C       IER     (S) 0, 1 convergence médiocre, -1 EX2+EY2 >= 1 (la
C                   fonction vaut alors PSOM)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 PSOM, EX, EY
      INTEGER*4 IER
      REAL*8 U, CU, SU, F, F1, F2, D
      INTEGER*4 K
C
      KEPGEN = PSOM
      IER = -1
      IF (EX*EX + EY*EY .GE. 1.D0) RETURN
      IER = 0
      U = PSOM + EX*DSIN(PSOM) - EY*DCOS(PSOM)
      DO 10 K = 1, 50
         CU = DCOS(U)
         SU = DSIN(U)
         F  = U - EX*SU + EY*CU - PSOM
         F1 = 1.D0 - EX*CU - EY*SU
         F2 = EX*SU - EY*CU
         D  = F*F1/(F1*F1 - 0.5D0*F*F2)
         U  = U - D
         IF (DABS(D) .LE. 1.D-15*(1.D0 + DABS(U))) GOTO 20
   10 CONTINUE
      IF (DABS(F) .GT. 1.D-13*(1.D0 + DABS(PSOM))) IER = 1
   20 CONTINUE
      KEPGEN = U
      END
