C     @(#) ehech.f 2.3 95/06/13 CMP - Dynamique du vol
C=======================================================================
C     Extrapolation analytique Eckstein-Hechler : orbites quasi
C     circulaires, zonaux J2 à J6 (Eckstein M.C., Hechler F., "A
C     reliable derivation of the perturbations due to any zonal and
C     tesseral harmonics of the geopotential for nearly-circular
C     satellite orbits", ESOC, ESRO SR-13, 1970).
C
C     Chaque élément osculateur est la somme de l'élément moyen à la
C     date et d'une série en multiples de l'argument de latitude moyen
C     pso, dont les coefficients sont linéaires en ex, ey :
C       (c1 + c3 ex + c5 ey) cos k.pso + (c2 + c4 ex + c6 ey) sin k.pso
C     COEF(j,k,l) : j = 1..6 ci-dessus, k = 0..6 harmonique,
C                   l = 1..6 élément (a : en relatif)
C
C     Codes retour : -1 a < ae, -2 quasi équatoriale, -3 inclinaison
C     critique, -4 e > 0.1, -5 hyperbolique, -6 pas de convergence,
C     -7 modèle non initialisé, 1 e > 0.005 (précision dégradée)
C=======================================================================
      SUBROUTINE EHINIT(JJ50, SEC, ELTM, IER)
C-----------------------------------------------------------------------
C     Initialisation par les éléments circulaires moyens
C       JJ50, SEC  (E) date
C       ELTM       (E) a, ex, ey, i, gom, pso moyens (m, rad)
C       IER        (S) code retour ; l'état n'est pas modifié si IER < 0
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ50, IER
      REAL*8 SEC, ELTM(6)
C     bulletin moyen : autre vue du même bloc dans EHSECU
      REAL*8 AM, EXM, EYM, XIM, GOMM, PSOM, SECM
      INTEGER*4 JJM, INIEH
      COMMON /EHBUL/ AM, EXM, EYM, XIM, GOMM, PSOM, SECM, JJM, INIEH
C
      CALL EHTEST(ELTM, IER)
      IF (IER .LT. 0) RETURN
      AM   = ELTM(1)
      EXM  = ELTM(2)
      EYM  = ELTM(3)
      XIM  = ELTM(4)
      GOMM = ELTM(5)
      PSOM = ELTM(6)
      SECM = SEC
      JJM  = JJ50
      CALL EHCOEF(AM, XIM)
      INIEH = 1
      END
C=======================================================================
      SUBROUTINE EHTEST(ELT, IER)
C-----------------------------------------------------------------------
C     Domaine de validité de la théorie
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 ELT(6), E2, S2
      INTEGER*4 IER
      INCLUDE 'cst.inc'
C
      E2 = ELT(2)**2 + ELT(3)**2
      S2 = DSIN(ELT(4))**2
      IER = -5
      IF (E2 .GE. 1.D0) RETURN
      IER = -1
      IF (ELT(1) .LT. AE) RETURN
      IER = -4
      IF (E2 .GT. 0.01D0) RETURN
      IER = -2
      IF (S2 .LT. 1.D-10) RETURN
      IER = -3
      IF (DABS(S2 - 0.8D0) .LT. 1.D-3) RETURN
      IER = 0
      IF (E2 .GT. 0.005D0**2) IER = 1
      END
C=======================================================================
      SUBROUTINE EHGEOP(A, G)
C-----------------------------------------------------------------------
C     G(n) = Cn0 (ae/a)**n, n = 2 à 6
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A, G(2:6), Q
      INTEGER*4 N
      INCLUDE 'cst.inc'
      Q = AE/A
      DO N = 2, 6
         G(N) = CN0(N)*Q**N
      ENDDO
      END
C=======================================================================
      SUBROUTINE EHTXAD(G, XI, DG, DP, DP1, DL)
C-----------------------------------------------------------------------
C     Taux séculaires rapportés au moyen mouvement
C       G        (E) voir EHGEOP
C       XI       (E) inclinaison (rad)
C       DG       (S) noeud
C       DP, DP1  (S) périgée, premier ordre (J2) et complément (J4, J6)
C       DL       (S) argument de latitude moyen
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 G(2:6), XI, DG, DP, DP1, DL, S2, S4, S6
C
      S2 = DSIN(XI)**2
      S4 = S2*S2
      S6 = S4*S2
      DP  = -0.75D0*G(2)*(4.D0 - 5.D0*S2)
      DP1 = 7.5D0*G(4)*(1.D0 - 31.D0/8.D0*S2 + 49.D0/16.D0*S4)
     &    - 13.125D0*G(6)*(1.D0 - 8.D0*S2 + 129.D0/8.D0*S4
     &                     - 297.D0/32.D0*S6)
      DG  = DCOS(XI)*(1.5D0*G(2)
     &    - 2.25D0*G(2)**2*(2.5D0 - 19.D0/6.D0*S2)
     &    + 0.9375D0*G(4)*(7.D0*S2 - 4.D0)
     &    + 3.28125D0*G(6)*(2.D0 - 9.D0*S2 + 8.25D0*S4))
      DL  = 1.D0 - 1.5D0*G(2)*(3.D0 - 4.D0*S2)
     &    + 2.25D0*G(2)**2*(9.D0 - 263.D0/12.D0*S2 + 341.D0/24.D0*S4)
     &    + 0.9375D0*G(4)*(8.D0 - 31.D0*S2 + 24.5D0*S4)
     &    + 3.28125D0*G(6)*(-10.D0/3.D0 + 25.D0*S2 - 48.75D0*S4
     &                      + 27.5D0*S6)
      END
C=======================================================================
      SUBROUTINE EHTAUX(A, XI, DGOM, DPOM, DPSO, IER)
C-----------------------------------------------------------------------
C     Taux séculaires d'une orbite moyenne
C       A, XI             (E) demi-grand axe (m), inclinaison (rad)
C       DGOM, DPOM, DPSO  (S) noeud, périgée, argument de latitude moyen
C                             (rad/s)
C       IER               (S) code retour (-1, -2, -3)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A, XI, DGOM, DPOM, DPSO
      INTEGER*4 IER
      INCLUDE 'cst.inc'
      REAL*8 E(6), G(2:6), XN, DP, DP1
C
      E(1) = A
      E(2) = 0.D0
      E(3) = 0.D0
      E(4) = XI
      CALL EHTEST(E, IER)
      IF (IER .LT. 0) RETURN
      CALL EHGEOP(A, G)
      CALL EHTXAD(G, XI, DGOM, DP, DP1, DPSO)
      XN   = DSQRT(XMU/A)/A
      DGOM = XN*DGOM
      DPOM = XN*(DP + DP1)
      DPSO = XN*DPSO
      END
C=======================================================================
      SUBROUTINE EHCOEF(A, XI)
C-----------------------------------------------------------------------
C     Coefficients des termes périodiques : range /EHSER/ et /EHSEC/
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A, XI
      INCLUDE 'cst.inc'
      REAL*8 COEF(6,0:6,6)
      COMMON /EHSER/ COEF
      REAL*8 XN, DG, DP, DL, EPS1, EPS2
      COMMON /EHSEC/ XN, DG, DP, DL, EPS1, EPS2
      REAL*8 G(2:6), DP1, S1, S2, S4, Q, QQ
      INTEGER*4 J, K, L
C
      DO L = 1, 6
         DO K = 0, 6
            DO J = 1, 6
               COEF(J,K,L) = 0.D0
            ENDDO
         ENDDO
      ENDDO
      CALL EHGEOP(A, G)
      CALL EHTXAD(G, XI, DG, DP, DP1, DL)
      XN = DSQRT(XMU/A)/A
      S1 = DSIN(XI)
      S2 = S1*S1
      S4 = S2*S2
C     mouvement du vecteur excentricité : ellipse de centre (0,EPS2)
      Q    = 3.D0/(32.D0*DP)
      EPS1 = Q*G(4)*S2*(30.D0 - 35.D0*S2)
     &     - 175.D0*Q*G(6)*S2*(1.D0 - 3.D0*S2 + 2.0625D0*S4)
      Q    = 0.375D0*S1/DP
      EPS2 = Q*G(3)*(4.D0 - 5.D0*S2)
     &     - Q*G(5)*(10.D0 - 35.D0*S2 + 26.25D0*S4)
      QQ = -1.5D0*G(2)/(1.D0 - 1.5D0*G(2)*(3.D0 - 4.D0*S2))
      CALL EHCOFA(G, S1, QQ, COEF(1,0,1))
      CALL EHCOFE(S2, QQ, COEF(1,0,2), COEF(1,0,3))
      CALL EHCOFI(G, XI, QQ, 0.375D0/DP, EPS2, COEF(1,0,4))
      CALL EHCOFG(G, XI, QQ, 0.375D0/DP/S1, COEF(1,0,5), COEF(1,0,6))
      DP = DP + DP1
      END
C=======================================================================
      SUBROUTINE EHCOFA(G, S1, QQ, C)
C-----------------------------------------------------------------------
C     Série du demi-grand axe (relatif) ; C(6,0:6)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 G(2:6), S1, QQ, C(6,0:*)
      REAL*8 S2, S4, QA, QB, QC, QD, QE
C
      S2 = S1*S1
      S4 = S2*S2
      QA = 0.75D0*G(2)**2*S2
      QB = 0.25D0*G(4)*S2
      QC = 6.5625D0*G(6)*S2
      QD = -0.75D0*G(3)*S1
      QE = 3.75D0*G(5)*S1
      C(3,1) = QQ*(2.D0 - 3.5D0*S2)
      C(6,1) = QQ*(2.D0 - 2.5D0*S2)
      C(2,1) = QD*(4.D0 - 5.D0*S2)
     &       + QE*(2.625D0*S4 - 3.5D0*S2 + 1.D0)
      C(1,2) = QQ*S2 + QA*7.D0*(2.D0 - 3.D0*S2)
     &       + QB*(15.D0 - 17.5D0*S2)
     &       + QC*(3.D0*S2 - 1.D0 - 2.0625D0*S4)
      C(3,3) = 3.5D0*QQ*S2
      C(6,3) = C(3,3)
      C(2,3) = QD*5.D0/3.D0*S2 + QE*7.D0/6.D0*S2*(1.D0 - 1.125D0*S2)
      C(1,4) = QA*S2 + 4.375D0*QB*S2 + 0.75D0*QC*(1.1D0*S4 - S2)
      C(2,5) = QE*21.D0/80.D0*S4
      C(1,6) = -QC*11.D0/80.D0*S4
      END
C=======================================================================
      SUBROUTINE EHCOFE(S2, QQ, CX, CY)
C-----------------------------------------------------------------------
C     Séries du vecteur excentricité ; CX(6,0:6), CY(6,0:6)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 S2, QQ, CX(6,0:*), CY(6,0:*)
      CX(1,1) = QQ*(1.D0 - 1.25D0*S2)
      CX(3,2) = QQ*(1.5D0 - 2.5D0*S2)
      CX(6,2) = QQ*(2.D0 - 1.5D0*S2)
      CX(1,3) = QQ*7.D0/12.D0*S2
      CX(3,4) = QQ*17.D0/8.D0*S2
      CX(6,4) = CX(3,4)
      CY(2,1) = QQ*(1.D0 - 1.75D0*S2)
      CY(4,2) = QQ*(1.D0 - 3.D0*S2)
      CY(5,2) = QQ*(2.D0*S2 - 1.5D0)
      CY(2,3) = CX(1,3)
      CY(4,4) = CX(3,4)
      CY(5,4) = -CX(3,4)
      END
C=======================================================================
      SUBROUTINE EHCOFI(G, XI, QQ, XKH, EPS2, C)
C-----------------------------------------------------------------------
C     Série de l'inclinaison ; C(6,0:6)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 G(2:6), XI, QQ, XKH, EPS2, C(6,0:*), S2, S4, Q, XIH
C
      S2 = DSIN(XI)**2
      S4 = S2*S2
      Q  = 0.5D0*QQ*DSIN(XI)*DCOS(XI)
      C(6,1) =  Q
      C(3,1) = -Q
      C(1,2) =  Q
      C(3,3) =  Q*7.D0/3.D0
      C(6,3) =  C(3,3)
      XIH = DCOS(XI)*(2.5D0*G(5)*(4.D0 - 14.D0*S2 + 10.5D0*S4)
     &              - G(3)*(4.D0 - 5.D0*S2))
      C(5,0) = XKH*XIH
      C(1,0) = -XKH*XIH*EPS2
      END
C=======================================================================
      SUBROUTINE EHCOFG(G, XI, QQ, XKL, CG, CL)
C-----------------------------------------------------------------------
C     Séries du noeud et de l'argument de latitude ; CG, CL(6,0:6)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 G(2:6), XI, QQ, XKL, CG(6,0:*), CL(6,0:*)
      REAL*8 S2, S4, S6, CI, Q
C
      CI = DCOS(XI)
      S2 = DSIN(XI)**2
      S4 = S2*S2
      S6 = S4*S2
      Q  = -QQ*CI
      CG(4,1) =  3.5D0*Q
      CG(5,1) = -2.5D0*Q
      CG(2,2) = -0.5D0*Q
      CG(5,3) =  7.D0/6.D0*Q
      CG(4,3) = -CG(5,3)
      CG(3,0) = XKL*CI*(G(3)*(4.D0 - 15.D0*S2)
     &        - 2.5D0*G(5)*(4.D0 - 42.D0*S2 + 52.5D0*S4))
      CL(4,1) = QQ*(7.D0 - 77.D0/8.D0*S2)
      CL(5,1) = QQ*(55.D0/8.D0*S2 - 7.5D0)
      CL(2,2) = QQ*(1.25D0*S2 - 0.5D0)
      CL(4,3) = QQ*(77.D0/24.D0*S2 - 7.D0/6.D0)
      CL(5,3) = -CL(4,3)
      CL(3,0) = XKL*(G(3)*(53.D0*S2 - 4.D0 - 57.5D0*S4)
     &        + 2.5D0*G(5)*(4.D0 - 96.D0*S2 + 269.5D0*S4
     &                      - 183.75D0*S6))
      END
C=======================================================================
      SUBROUTINE EHSECU(DT, XM, DXM)
C-----------------------------------------------------------------------
C     Éléments moyens à DT secondes de l'initialisation
C       DT   (E) durée (s)
C       XM   (S) XM(6) éléments circulaires moyens
C       DXM  (S) DXM(6) dérivées (par s)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 DT, XM(6), DXM(6)
C     le bulletin moyen est vu ici comme un tableau
      REAL*8 PAR(6), SEC0, EX0, EY0
      INTEGER*4 JJ0, INI
      COMMON /EHBUL/ PAR, SEC0, JJ0, INI
      EQUIVALENCE (PAR(2), EX0), (PAR(3), EY0)
      REAL*8 XN, DG, DP, DL, EPS1, EPS2
      COMMON /EHSEC/ XN, DG, DP, DL, EPS1, EPS2
      REAL*8 X, C, S, XP, ANG2PI
C
      XP = XN*DP
      X  = XP*DT
      C  = DCOS(X)
      S  = DSIN(X)
      XM(1) = PAR(1)
      XM(2) = EX0*C - (1.D0 - EPS1)*(EY0 - EPS2)*S
      XM(3) = (1.D0 + EPS1)*EX0*S + (EY0 - EPS2)*C + EPS2
      XM(4) = PAR(4)
      XM(5) = ANG2PI(PAR(5) + XN*DG*DT)
      XM(6) = ANG2PI(PAR(6) + XN*DL*DT)
      DXM(1) = 0.D0
      DXM(2) = XP*(-EX0*S - (1.D0 - EPS1)*(EY0 - EPS2)*C)
      DXM(3) = XP*((1.D0 + EPS1)*EX0*C - (EY0 - EPS2)*S)
      DXM(4) = 0.D0
      DXM(5) = XN*DG
      DXM(6) = XN*DL
      END
C=======================================================================
      SUBROUTINE EHOSC(DT, OSC, DOSC, IER)
C-----------------------------------------------------------------------
C     Éléments circulaires osculateurs et leurs dérivées
C       DT    (E) secondes depuis la date d'initialisation
C       OSC   (S) OSC(6)  (m, rad)
C       DOSC  (S) DOSC(6) (par s)
C       IER   (S) 0, -7 EHINIT non appelé (rien n'est écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 DT, OSC(6), DOSC(6)
      INTEGER*4 IER
      REAL*8 BULL(7)
      INTEGER*4 NUM(2)
      COMMON /EHBUL/ BULL, NUM
      REAL*8 COEF(6,0:6,6)
      COMMON /EHSER/ COEF
      REAL*8 XM(6), DXM(6), CK, SK, AC, AS, DAC, DAS, V, DV
      INTEGER*4 K, L
C
      IER = -7
      IF (NUM(2) .EQ. 0) RETURN
      IER = 0
      CALL EHSECU(DT, XM, DXM)
      DO L = 1, 6
         OSC(L)  = XM(L)
         DOSC(L) = DXM(L)
      ENDDO
      DO K = 0, 6
         CK = DCOS(K*XM(6))
         SK = DSIN(K*XM(6))
         DO L = 1, 6
            AC  = COEF(1,K,L) + COEF(3,K,L)*XM(2) + COEF(5,K,L)*XM(3)
            AS  = COEF(2,K,L) + COEF(4,K,L)*XM(2) + COEF(6,K,L)*XM(3)
            DAC = COEF(3,K,L)*DXM(2) + COEF(5,K,L)*DXM(3)
            DAS = COEF(4,K,L)*DXM(2) + COEF(6,K,L)*DXM(3)
            V   = AC*CK + AS*SK
            DV  = DAC*CK + DAS*SK + K*DXM(6)*(AS*CK - AC*SK)
            IF (L .EQ. 1) THEN
               V  = V*XM(1)
               DV = DV*XM(1)
            ENDIF
            OSC(L)  = OSC(L) + V
            DOSC(L) = DOSC(L) + DV
         ENDDO
      ENDDO
      END
C=======================================================================
      SUBROUTINE EHPOSV(DT, POS, VIT, IER)
C-----------------------------------------------------------------------
C     Position et vitesse ; la vitesse est la dérivée exacte de la
C     position (elle tient compte des taux des éléments)
C       DT   (E) secondes depuis la date d'initialisation
C       POS  (S) position (m)
C       VIT  (S) vitesse (m/s)
C       IER  (S) 0, -7 EHINIT non appelé (rien n'est écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 DT, POS(3), VIT(3)
      INTEGER*4 IER
      REAL*8 O(6), D(6), X(2), XP(2), CG, SG, CI, SI, Y1, Y2
C
      CALL EHOSC(DT, O, D, IER)
      IF (IER .LT. 0) RETURN
      CALL EHPLAN(O, D, X, XP)
      CG = DCOS(O(5))
      SG = DSIN(O(5))
      CI = DCOS(O(4))
      SI = DSIN(O(4))
      POS(1) = CG*X(1) - SG*CI*X(2)
      POS(2) = SG*X(1) + CG*CI*X(2)
      POS(3) = SI*X(2)
C     dérivée dans le plan, rotation du plan (i) puis du noeud (gom)
      Y1 = CI*XP(2) - SI*X(2)*D(4)
      Y2 = SI*XP(2) + CI*X(2)*D(4)
      VIT(1) = CG*XP(1) - SG*Y1 - D(5)*POS(2)
      VIT(2) = SG*XP(1) + CG*Y1 + D(5)*POS(1)
      VIT(3) = Y2
      END
C=======================================================================
      SUBROUTINE EHPLAN(O, D, X, XP)
C-----------------------------------------------------------------------
C     Position dans le plan et sa dérivée, à partir des éléments
C     circulaires O(6) et de leurs dérivées D(6)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 O(6), D(6), X(2), XP(2)
      REAL*8 KEPGEN, U, UP, CU, SU, EX, EY, DX, DY, B, BP, ETA
      REAL*8 BXX, BYY, BXY
      INTEGER*4 KER
C
      EX = O(2)
      EY = O(3)
      DX = D(2)
      DY = D(3)
      U  = KEPGEN(O(6), EX, EY, KER)
      CU = DCOS(U)
      SU = DSIN(U)
      UP = (D(6) + DX*SU - DY*CU)/(1.D0 - EX*CU - EY*SU)
      ETA = DSQRT(1.D0 - EX*EX - EY*EY)
      B   = 1.D0/(1.D0 + ETA)
      BP  = B*B*(EX*DX + EY*DY)/ETA
      X(1) = (1.D0 - B*EY*EY)*CU + B*EX*EY*SU - EX
      X(2) = (1.D0 - B*EX*EX)*SU + B*EX*EY*CU - EY
      BXX = BP*EX*EX + 2.D0*B*EX*DX
      BYY = BP*EY*EY + 2.D0*B*EY*DY
      BXY = BP*EX*EY + B*(DX*EY + EX*DY)
      XP(1) = -BYY*CU + BXY*SU - DX
     &      + UP*(-(1.D0 - B*EY*EY)*SU + B*EX*EY*CU)
      XP(2) = -BXX*SU + BXY*CU - DY
     &      + UP*((1.D0 - B*EX*EX)*CU - B*EX*EY*SU)
      XP(1) = O(1)*XP(1) + D(1)*X(1)
      XP(2) = O(1)*XP(2) + D(1)*X(2)
      X(1)  = O(1)*X(1)
      X(2)  = O(1)*X(2)
      END
C=======================================================================
      SUBROUTINE EHMOY(JJ50, SEC, ELTO, ELTM, NITER, IER)
C-----------------------------------------------------------------------
C     Osculateurs -> moyens, par point fixe. Le modèle reste
C     initialisé avec le dernier itéré ELTM.
C       JJ50, SEC  (E) date
C       ELTO       (E) éléments circulaires osculateurs
C       ELTM       (S) éléments circulaires moyens (non écrits si
C                      IER < 0)
C       NITER      (S) nombre d'itérations faites
C       IER        (S) code retour
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ50, NITER, IER
      REAL*8 SEC, ELTO(6), ELTM(6)
      REAL*8 X(6), O(6), D(6), R, ECART, PI2, ANG2PI
      INTEGER*4 I, KER
      PARAMETER (PI2 = 6.283185307179586476925D0)
C
      NITER = 0
      DO I = 1, 6
         X(I) = ELTO(I)
      ENDDO
   10 CONTINUE
      CALL EHINIT(JJ50, SEC, X, IER)
      IF (IER .LT. 0) RETURN
      CALL EHOSC(0.D0, O, D, KER)
      ECART = 0.D0
      DO I = 1, 6
         R = ELTO(I) - O(I)
         IF (I .GE. 5) R = R - PI2*DNINT(R/PI2)
         X(I) = X(I) + R
         IF (I .EQ. 1) R = R/O(1)
         ECART = DMAX1(ECART, DABS(R))
      ENDDO
      NITER = NITER + 1
      IF (ECART .GT. 1.D-14 .AND. NITER .LT. 100) GOTO 10
      IF (ECART .GT. 1.D-12) THEN
         IER = -6
         RETURN
      ENDIF
      X(5) = ANG2PI(X(5))
      X(6) = ANG2PI(X(6))
      CALL EHINIT(JJ50, SEC, X, IER)
      DO I = 1, 6
         ELTM(I) = X(I)
      ENDDO
      END
C=======================================================================
      SUBROUTINE EHPROP(JJ1, SEC1, ELTM, JJ2, SEC2, POS, VIT, ELTO, IER)
C-----------------------------------------------------------------------
C     Extrapolation en un seul appel. Le modèle n'est réinitialisé que
C     si la date, le bulletin ou le modèle de potentiel (INICST) ont
C     changé depuis le dernier appel, ou si EHINIT ou EHMOY ont été
C     appelés entre temps avec un autre bulletin.
C       JJ1, SEC1  (E) date du bulletin
C       ELTM       (E) éléments circulaires moyens à cette date
C       JJ2, SEC2  (E) date demandée
C       POS, VIT   (S) position (m), vitesse (m/s)
C       ELTO       (S) éléments circulaires osculateurs
C       IER        (S) code retour ; rien n'est écrit si IER < 0
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ1, JJ2, IER
      REAL*8 SEC1, ELTM(6), SEC2, POS(3), VIT(3), ELTO(6)
      REAL*8 BULL(6), SECB
      INTEGER*4 JJB, INI
      COMMON /EHBUL/ BULL, SECB, JJB, INI
      INTEGER*4 NUMMOD
      COMMON /MODCST/ NUMMOD
      REAL*8 DT, D(6), ECDAT
      INTEGER*4 I, KER, NUMD, IERD
      LOGICAL LMEME
      SAVE NUMD, IERD
      DATA NUMD /-1/, IERD /0/
C
      LMEME = INI.EQ.1 .AND. NUMD.EQ.NUMMOD .AND. JJ1.EQ.JJB
     &        .AND. SEC1.EQ.SECB
      DO I = 1, 6
         LMEME = LMEME .AND. ELTM(I).EQ.BULL(I)
      ENDDO
      IF (.NOT. LMEME) THEN
         CALL EHINIT(JJ1, SEC1, ELTM, IERD)
         NUMD = NUMMOD
         IF (IERD .LT. 0) NUMD = -1
      ENDIF
      IER = IERD
      IF (IER .LT. 0) RETURN
      DT = ECDAT(JJ1, SEC1, JJ2, SEC2)
      CALL EHOSC(DT, ELTO, D, KER)
      CALL EHPOSV(DT, POS, VIT, KER)
      END
