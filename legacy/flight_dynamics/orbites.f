C     @(#) orbites.f 1.12 95/01/30 CMP - Dynamique du vol
C=======================================================================
C     Conversions entre képlériens, circulaires, circulaires
C     équatoriaux et cartésiens.
C       képlériens  a, e, i, pom, gom, M
C       circulaires a, ex, ey, i, gom, pso         (pso = pom + M)
C       équatoriaux a, ex, ey, ix, iy, pso         (pso = gom + pom + M)
C     Codes retour : -1 a <= 0, -2 e hors [0,1[, -3 hyperbolique,
C     -4 cas dégénéré, -5 ix2+iy2 >= 4, -6 n < 6, 1 quasi circulaire,
C     2 quasi équatoriale. Rien n'est écrit si IER < 0.
C=======================================================================
      SUBROUTINE KEPCAR(XMU, ELT, POS, VIT, IER)
C-----------------------------------------------------------------------
C       XMU  (E) constante de gravitation (m3/s2)
C       ELT  (E) a, e, i, pom, gom, M (m, rad)
C       POS  (S) position (m)
C       VIT  (S) vitesse (m/s)
C       IER  (S) code retour
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XMU, ELT(6), POS(3), VIT(3)
      INTEGER*4 IER
      REAL*8 KEPLER
      REAL*8 E, CE, SE, RE, X, Y, XP, YP, CO, SO, CG, SG, CI, SI
      REAL*8 P(3), Q(3)
      INTEGER*4 I, KER
C
      IER = -1
      IF (ELT(1) .LE. 0.D0) RETURN
      IER = -2
      IF (ELT(2) .LT. 0.D0 .OR. ELT(2) .GE. 1.D0) RETURN
      E  = KEPLER(ELT(6), ELT(2), KER)
      IER = 0
      CE = DCOS(E)
      SE = DSIN(E)
      RE = DSQRT(1.D0 - ELT(2)**2)
C     axes du périgée et du paramètre
      CI = DCOS(ELT(3))
      SI = DSIN(ELT(3))
      CO = DCOS(ELT(4))
      SO = DSIN(ELT(4))
      CG = DCOS(ELT(5))
      SG = DSIN(ELT(5))
      P(1) =  CG*CO - SG*SO*CI
      P(2) =  SG*CO + CG*SO*CI
      P(3) =  SO*SI
      Q(1) = -CG*SO - SG*CO*CI
      Q(2) = -SG*SO + CG*CO*CI
      Q(3) =  CO*SI
      X  = ELT(1)*(CE - ELT(2))
      Y  = ELT(1)*RE*SE
      XP = DSQRT(XMU/ELT(1))/(1.D0 - ELT(2)*CE)
      YP = XP*RE*CE
      XP = -XP*SE
      DO I = 1, 3
         POS(I) = X*P(I)  + Y*Q(I)
         VIT(I) = XP*P(I) + YP*Q(I)
      ENDDO
      END
C=======================================================================
      SUBROUTINE CARKEP(XMU, POS, VIT, ELT, IER)
C-----------------------------------------------------------------------
C     Cartésien -> képlérien (mêmes arguments que KEPCAR)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XMU, POS(3), VIT(3), ELT(6)
      INTEGER*4 IER
      REAL*8 EC(6)
      INTEGER*4 KER
C
      CALL CARCIR(XMU, POS, VIT, EC, IER)
      IF (IER .LT. 0) RETURN
      CALL CIRKEP(6, EC, ELT, KER)
      IF (IER .EQ. 0) IER = KER
      END
C=======================================================================
      SUBROUTINE CIRCAR(XMU, ELT, POS, VIT, IER)
C-----------------------------------------------------------------------
C     Circulaire -> cartésien
C       XMU  (E) constante de gravitation (m3/s2)
C       ELT  (E) a, ex, ey, i, gom, pso
C       POS  (S) position (m)
C       VIT  (S) vitesse (m/s)
C       IER  (S) code retour
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XMU, ELT(6), POS(3), VIT(3)
      INTEGER*4 IER
      REAL*8 X(2), V(2), CG, SG, CI, SI
C
      CALL POSPLA(XMU, ELT(1), ELT(2), ELT(3), ELT(6), X, V, IER)
      IF (IER .LT. 0) RETURN
      CI = DCOS(ELT(4))
      SI = DSIN(ELT(4))
      CG = DCOS(ELT(5))
      SG = DSIN(ELT(5))
      POS(1) = CG*X(1) - SG*CI*X(2)
      POS(2) = SG*X(1) + CG*CI*X(2)
      POS(3) = SI*X(2)
      VIT(1) = CG*V(1) - SG*CI*V(2)
      VIT(2) = SG*V(1) + CG*CI*V(2)
      VIT(3) = SI*V(2)
      END
C=======================================================================
      SUBROUTINE CEQCAR(XMU, ELT, POS, VIT, IER)
C-----------------------------------------------------------------------
C     Circulaire équatorial -> cartésien
C       ELT  (E) a, ex, ey, ix, iy, pso, avec ix = 2 sin(i/2) cos(gom)
C                et iy = 2 sin(i/2) sin(gom)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XMU, ELT(6), POS(3), VIT(3)
      INTEGER*4 IER
      REAL*8 X(2), V(2), F(3), G(3), F2, HX, HY, D
      INTEGER*4 I
C
      IER = -5
      F2 = 4.D0 - ELT(4)**2 - ELT(5)**2
      IF (F2 .LE. 0.D0) RETURN
      CALL POSPLA(XMU, ELT(1), ELT(2), ELT(3), ELT(6), X, V, IER)
      IF (IER .LT. 0) RETURN
      HX = ELT(4)/DSQRT(F2)
      HY = ELT(5)/DSQRT(F2)
      D  = 1.D0 + HX*HX + HY*HY
      F(1) = (1.D0 + HX*HX - HY*HY)/D
      F(2) = 2.D0*HX*HY/D
      F(3) = -2.D0*HY/D
      G(1) = F(2)
      G(2) = (1.D0 - HX*HX + HY*HY)/D
      G(3) = 2.D0*HX/D
      DO I = 1, 3
         POS(I) = X(1)*F(I) + X(2)*G(I)
         VIT(I) = V(1)*F(I) + V(2)*G(I)
      ENDDO
      END
C=======================================================================
      SUBROUTINE POSPLA(XMU, A, EX, EY, PSO, X, V, IER)
C-----------------------------------------------------------------------
C     Position et vitesse dans le plan de l'orbite, axe 1 vers
C     l'origine de l'argument PSO
C       A, EX, EY, PSO  (E) forme de l'orbite et argument moyen
C       X, V            (S) X(2) en m, V(2) en m/s
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XMU, A, EX, EY, PSO, X(2), V(2)
      INTEGER*4 IER, KER
      REAL*8 KEPGEN, U, CU, SU, B, RAP, E2
C
      IER = -1
      IF (A .LE. 0.D0) RETURN
      IER = -2
      E2 = EX*EX + EY*EY
      IF (E2 .GE. 1.D0) RETURN
      IER = 0
      U  = KEPGEN(PSO, EX, EY, KER)
      CU = DCOS(U)
      SU = DSIN(U)
      B  = 1.D0/(1.D0 + DSQRT(1.D0 - E2))
      X(1) = A*((1.D0 - B*EY*EY)*CU + B*EX*EY*SU - EX)
      X(2) = A*((1.D0 - B*EX*EX)*SU + B*EX*EY*CU - EY)
      RAP  = DSQRT(XMU/A)/(1.D0 - EX*CU - EY*SU)
      V(1) = RAP*(-(1.D0 - B*EY*EY)*SU + B*EX*EY*CU)
      V(2) = RAP*( (1.D0 - B*EX*EX)*CU - B*EX*EY*SU)
      END
C=======================================================================
      SUBROUTINE CARCIR(XMU, POS, VIT, ELT, IER)
C-----------------------------------------------------------------------
C     Cartésien -> circulaire
C       XMU       (E) constante de gravitation (m3/s2)
C       POS, VIT  (E) position (m), vitesse (m/s)
C       ELT       (S) a, ex, ey, i, gom, pso ; angles dans [0,2pi[
C       IER       (S) 0, 2 quasi équatoriale (gom = 0), -3 hyperbolique,
C                     -4 position ou moment cinétique nul
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XMU, POS(3), VIT(3), ELT(6)
      INTEGER*4 IER
      REAL*8 W(3), R, V2, RV, H, A, XI, GOM, SIH, X(2), VX(2)
      REAL*8 CG, SG, CI, SI, EX, EY, B, XA, YA, CU, SU, ETA, ANG2PI
C
      R  = DSQRT(POS(1)**2 + POS(2)**2 + POS(3)**2)
      V2 = VIT(1)**2 + VIT(2)**2 + VIT(3)**2
      RV = POS(1)*VIT(1) + POS(2)*VIT(2) + POS(3)*VIT(3)
      W(1) = POS(2)*VIT(3) - POS(3)*VIT(2)
      W(2) = POS(3)*VIT(1) - POS(1)*VIT(3)
      W(3) = POS(1)*VIT(2) - POS(2)*VIT(1)
      H  = DSQRT(W(1)**2 + W(2)**2 + W(3)**2)
      IER = -4
      IF (R .LE. 0.D0 .OR. H .LE. 0.D0) RETURN
      IER = -3
      IF (R*V2 .GE. 2.D0*XMU) RETURN
      IER = 0
      A   = R/(2.D0 - R*V2/XMU)
      SIH = DSQRT(W(1)**2 + W(2)**2)
      XI  = DATAN2(SIH, W(3))
      GOM = 0.D0
      IF (SIH .GT. 1.D-11*H) THEN
         GOM = DATAN2(W(1), -W(2))
      ELSE
         IER = 2
      ENDIF
C     coordonnées dans le plan de l'orbite, axe 1 vers le noeud
      CG = DCOS(GOM)
      SG = DSIN(GOM)
      CI = DCOS(XI)
      SI = DSIN(XI)
      X(1)  = CG*POS(1) + SG*POS(2)
      X(2)  = (-SG*POS(1) + CG*POS(2))*CI + SI*POS(3)
      VX(1) = CG*VIT(1) + SG*VIT(2)
      VX(2) = (-SG*VIT(1) + CG*VIT(2))*CI + SI*VIT(3)
C     vecteur excentricité
      EX = ((V2 - XMU/R)*X(1) - RV*VX(1))/XMU
      EY = ((V2 - XMU/R)*X(2) - RV*VX(2))/XMU
      ETA = DSQRT(1.D0 - EX*EX - EY*EY)
      B  = 1.D0/(1.D0 + ETA)
      XA = X(1)/A + EX
      YA = X(2)/A + EY
      CU = ((1.D0 - B*EX*EX)*XA - B*EX*EY*YA)/ETA
      SU = ((1.D0 - B*EY*EY)*YA - B*EX*EY*XA)/ETA
      ELT(1) = A
      ELT(2) = EX
      ELT(3) = EY
      ELT(4) = XI
      ELT(5) = ANG2PI(GOM)
      ELT(6) = ANG2PI(DATAN2(SU,CU) - EX*SU + EY*CU)
      END
C=======================================================================
      SUBROUTINE CIRKEP(N, ELTC, ELTK, IER)
C-----------------------------------------------------------------------
C     Circulaire -> képlérien
C       N     (E) dimension des bulletins, N >= 6 ; les éléments au delà
C                 du sixième (masse, coefficient balistique) sont recopiés
C       ELTC  (E) a, ex, ey, i, gom, pso, ...
C       ELTK  (S) a, e, i, pom, gom, M, ...
C       IER   (S) 0, 1 quasi circulaire (pom = 0), -2, -6
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, IER, I
      REAL*8 ELTC(N), ELTK(N)
      REAL*8 E, POM, ANG2PI
C
      IER = -6
      IF (N .LT. 6) RETURN
      E = DSQRT(ELTC(2)**2 + ELTC(3)**2)
      IER = -2
      IF (E .GE. 1.D0) RETURN
      IER = 0
      IF (E .GT. 1.D-10) THEN
         POM = DATAN2(ELTC(3), ELTC(2))
      ELSE
         POM = 0.D0
         IER = 1
      ENDIF
      ELTK(1) = ELTC(1)
      ELTK(2) = E
      ELTK(3) = ELTC(4)
      ELTK(4) = ANG2PI(POM)
      ELTK(5) = ELTC(5)
      ELTK(6) = ANG2PI(ELTC(6) - POM)
      DO 10 I = 7, N
         ELTK(I) = ELTC(I)
   10 CONTINUE
      END
C=======================================================================
      SUBROUTINE KEPCIR(N, ELTK, ELTC, IER)
C-----------------------------------------------------------------------
C     Képlérien -> circulaire (arguments : voir CIRKEP)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, IER, I
      REAL*8 ELTK(N), ELTC(N)
      COMPLEX*16 VECEXC, Z
      REAL*8 ANG2PI
C
      IER = -6
      IF (N .LT. 6) RETURN
      IER = -2
      IF (ELTK(2) .LT. 0.D0 .OR. ELTK(2) .GE. 1.D0) RETURN
      IER = 0
      Z = VECEXC(ELTK(2), ELTK(4))
      ELTC(1) = ELTK(1)
      ELTC(2) = DREAL(Z)
      ELTC(3) = DIMAG(Z)
      ELTC(4) = ELTK(3)
      ELTC(5) = ELTK(5)
      ELTC(6) = ANG2PI(ELTK(4) + ELTK(6))
      DO 10 I = 7, N
         ELTC(I) = ELTK(I)
   10 CONTINUE
      END
C=======================================================================
      COMPLEX*16 FUNCTION VECEXC(EXC, POM)
C     Vecteur excentricité EXC*(cos POM + i sin POM), POM en rad
      IMPLICIT NONE
      REAL*8 EXC, POM
      VECEXC = EXC*DCMPLX(DCOS(POM), DSIN(POM))
      END
C=======================================================================
      COMPLEX FUNCTION VECAFF(EXC, POMDEG)
C     Idem en simple précision pour les synoptiques, POMDEG en degrés
      IMPLICIT NONE
      REAL*4 EXC, POMDEG, RAD
      PARAMETER (RAD = 0.017453292)
      VECAFF = CMPLX(EXC*COS(POMDEG*RAD), EXC*SIN(POMDEG*RAD))
      END
C=======================================================================
      REAL*8 FUNCTION ANG2PI(ANG)
C     Angle ramené dans [0,2pi[
      IMPLICIT NONE
      REAL*8 ANG, PI2
      PARAMETER (PI2 = 6.283185307179586476925D0)
      ANG2PI = DMOD(ANG, PI2)
      IF (ANG2PI .LT. 0.D0) ANG2PI = ANG2PI + PI2
      IF (ANG2PI .GE. PI2) ANG2PI = 0.D0
      END
C=======================================================================
      SUBROUTINE AMOYTL(XN, EXC, XI, LKOZAI, A, IER)
C-----------------------------------------------------------------------
C     Demi-grand axe d'un bulletin NORAD à deux lignes (WGS72)
C       XN      (E) moyen mouvement du bulletin (rad/s)
C       EXC,XI  (E) excentricité, inclinaison (rad)
C       LKOZAI  (E) LOGICAL : .TRUE. correction de Kozai (demi-grand axe
C                   de Brouwer), .FALSE. troisième loi de Képler
C       A       (S) demi-grand axe (m)
C       IER     (S) 0, -1 XN <= 0, -2 EXC hors [0,1[ ; A non écrit
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XN, EXC, XI, A
      LOGICAL LKOZAI
      INTEGER*4 IER
      REAL*8 XMU72, AE72, XJ2, A1, D1, A0, D0, TIERS
      PARAMETER (XMU72 = 3.986008D14, AE72 = 6378135.D0)
      PARAMETER (XJ2 = 1.082616D-3, TIERS = 1.D0/3.D0)
C
      IER = -1
      IF (XN .LE. 0.D0) RETURN
      IER = -2
      IF (EXC .LT. 0.D0 .OR. EXC .GE. 1.D0) RETURN
      IER = 0
      A1 = (XMU72/(XN*XN))**TIERS
      IF (.NOT. LKOZAI) THEN
         A = A1
         RETURN
      ENDIF
      D1 = 0.75D0*XJ2*AE72**2*(3.D0*DCOS(XI)**2 - 1.D0)
     &     /(1.D0 - EXC*EXC)**1.5D0
      D0 = D1/(A1*A1)
      A0 = A1*(1.D0 - D0*(TIERS + D0*(1.D0 + D0*134.D0/81.D0)))
      D0 = D1/(A0*A0)
      A  = A0/(1.D0 - D0)
      END
