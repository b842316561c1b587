C     @(#) veis.f 1.6 94/10/05 CMP - Dynamique du vol
C=======================================================================
C     Passage du repère J2000 au repère de Veis de la date
C     Précession : Lieske 1976. Nutation : Wahr 1981, UAI 1980,
C     106 termes. Temps sidéral : UAI 1982 et Veis 1963.
C=======================================================================
      SUBROUTINE J2VEIS(JJ50, SEC, DTAI, DTU1, POSJ, VITJ,
     &                  POSV, VITV, IER)
C-----------------------------------------------------------------------
C       JJ50, SEC   (E) date, échelle TUC
C       DTAI, DTU1  (E) TAI-TUC et TU1-TUC (s)
C       POSJ, VITJ  (E) position et vitesse dans J2000 (m, m/s)
C       POSV, VITV  (S) position et vitesse dans Veis
C       IER         (S) 0, -1 date hors plage (rien n'est écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ50, IER
      REAL*8 SEC, DTAI, DTU1, POSJ(3), VITJ(3), POSV(3), VITV(3)
      REAL*8 X(3,2), T, TU, S1, ZETA, Z, THETA, DPSI, DEPS, EPS0, OMLUN
      REAL*8 AS2R, EQEQ, TSMOY, TSVEIS
      INTEGER*4 I, K
      PARAMETER (AS2R = 4.848136811095359935899D-6)
C
      IER = -1
      IF (JJ50 .LT. 0 .OR. JJ50 .GT. 54786) RETURN
      IER = 0
C     siècles juliens TE depuis J2000 (JJ50 = 18262.5)
      T  = (JJ50 - 18262.5D0 + (SEC + DTAI + 32.184D0)/86400.D0)/36525D0
      S1 = SEC + DTU1
      TU = (JJ50 - 18262.5D0 + S1/86400.D0)/36525.D0
      CALL PRECES(T, ZETA, Z, THETA, EPS0)
      CALL NUTATI(T, DPSI, DEPS, OMLUN)
      DO I = 1, 3
         X(I,1) = POSJ(I)
         X(I,2) = VITJ(I)
      ENDDO
C     précession
      CALL ROTAX(2, X, 3, -ZETA, K)
      CALL ROTAX(2, X, 2, THETA, K)
      CALL ROTAX(2, X, 3, -Z, K)
C     nutation
      CALL ROTAX(2, X, 1, EPS0, K)
      CALL ROTAX(2, X, 3, -DPSI, K)
      CALL ROTAX(2, X, 1, -EPS0 - DEPS, K)
C     du point vernal vrai à l'origine de Veis
      EQEQ = DPSI*DCOS(EPS0) + AS2R*(0.00264D0*DSIN(OMLUN)
     &     + 0.000063D0*DSIN(2.D0*OMLUN))
      CALL ROTAX(2, X, 3, TSMOY(TU, S1) + EQEQ - TSVEIS(JJ50, S1), K)
      DO I = 1, 3
         POSV(I) = X(I,1)
         VITV(I) = X(I,2)
      ENDDO
      END
C=======================================================================
      SUBROUTINE PRECES(T, ZETA, Z, THETA, EPS0)
C-----------------------------------------------------------------------
C     Angles de précession et obliquité moyenne (rad), T en siècles TE
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 T, ZETA, Z, THETA, EPS0, HORNER, AS2R
      REAL*8 CZETA(0:3), CZ(0:3), CTHETA(0:3), CEPS(0:3)
      PARAMETER (AS2R = 4.848136811095359935899D-6)
      SAVE CZETA, CZ, CTHETA, CEPS
      DATA CZETA  /0.D0, 2306.2181D0, 0.30188D0, 0.017998D0/
      DATA CZ     /0.D0, 2306.2181D0, 1.09468D0, 0.018203D0/
      DATA CTHETA /0.D0, 2004.3109D0, -0.42665D0, -0.041833D0/
      DATA CEPS   /84381.448D0, -46.8150D0, -0.00059D0, 0.001813D0/
      ZETA  = AS2R*HORNER(T, 3, CZETA)
      Z     = AS2R*HORNER(T, 3, CZ)
      THETA = AS2R*HORNER(T, 3, CTHETA)
      EPS0  = AS2R*HORNER(T, 3, CEPS)
      END
C=======================================================================
      SUBROUTINE NUTATI(T, DPSI, DEPS, OMLUN)
C-----------------------------------------------------------------------
C     Nutation en longitude et en obliquité ; la dernière date calculée
C     est conservée
C       T           (E) siècles juliens TE depuis J2000
C       DPSI, DEPS  (S) nutation (rad)
C       OMLUN       (S) longitude du noeud de la Lune (rad)
C     KNUT : multiples de l, l', F, D, Om ; coefficients en 0.0001" et
C     leurs variations séculaires en 0.00001" par siècle
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 T, DPSI, DEPS, OMLUN
      INTEGER*4 NTER
      PARAMETER (NTER = 106)
      INTEGER*4 KNUT(9,NTER), I, J
      REAL*8 CARG(0:3,5), TOURS(5), ARG(5), AS2R, PI2, HORNER, X
      LOGICAL LPREM
      REAL*8 TDER, DPSID, DEPSD, OMD
      PARAMETER (AS2R = 4.848136811095359935899D-6)
      PARAMETER (PI2 = 6.283185307179586476925D0)
      SAVE KNUT, CARG, TOURS, LPREM, TDER, DPSID, DEPSD, OMD
      DATA LPREM /.TRUE./
      DATA CARG / 485866.733D0,   715922.633D0, 31.310D0,  0.064D0,
     &           1287099.804D0,  1292581.224D0, -0.577D0, -0.012D0,
     &            335778.877D0,   295263.137D0,-13.257D0,  0.011D0,
     &           1072261.307D0,  1105601.328D0, -6.891D0,  0.019D0,
     &            450160.280D0,  -482890.539D0,  7.455D0,  0.008D0/
      DATA TOURS /1325.D0, 99.D0, 1342.D0, 1236.D0, -5.D0/
      DATA ((KNUT(I,J),I=1,9),J=1,18) /
     &  0, 0, 0, 0, 1,-171996,-1742,92025,89,
     &  0, 0, 2,-2, 2,-13187,-16,5736,-31,
     &  0, 0, 2, 0, 2,-2274,-2,977,-5,
     &  0, 0, 0, 0, 2,2062,2,-895,5,
     &  0, 1, 0, 0, 0,1426,-34,54,-1,
     &  1, 0, 0, 0, 0,712,1,-7,0,
     &  0, 1, 2,-2, 2,-517,12,224,-6,
     &  0, 0, 2, 0, 1,-386,-4,200,0,
     &  1, 0, 2, 0, 2,-301,0,129,-1,
     &  0,-1, 2,-2, 2,217,-5,-95,3,
     &  1, 0, 0,-2, 0,-158,0,-1,0,
     &  0, 0, 2,-2, 1,129,1,-70,0,
     & -1, 0, 2, 0, 2,123,0,-53,0,
     &  0, 0, 0, 2, 0,63,0,-2,0,
     &  1, 0, 0, 0, 1,63,1,-33,0,
     & -1, 0, 2, 2, 2,-59,0,26,0,
     & -1, 0, 0, 0, 1,-58,-1,32,0,
     &  1, 0, 2, 0, 1,-51,0,27,0/
      DATA ((KNUT(I,J),I=1,9),J=19,36) /
     &  2, 0, 0,-2, 0,48,0,1,0,
     & -2, 0, 2, 0, 1,46,0,-24,0,
     &  0, 0, 2, 2, 2,-38,0,16,0,
     &  2, 0, 2, 0, 2,-31,0,13,0,
     &  2, 0, 0, 0, 0,29,0,-1,0,
     &  1, 0, 2,-2, 2,29,0,-12,0,
     &  0, 0, 2, 0, 0,26,0,-1,0,
     &  0, 0, 2,-2, 0,-22,0,0,0,
     & -1, 0, 2, 0, 1,21,0,-10,0,
     &  0, 2, 0, 0, 0,17,-1,0,0,
     &  0, 2, 2,-2, 2,-16,1,7,0,
     & -1, 0, 0, 2, 1,16,0,-8,0,
     &  0, 1, 0, 0, 1,-15,0,9,0,
     &  1, 0, 0,-2, 1,-13,0,7,0,
     &  0,-1, 0, 0, 1,-12,0,6,0,
     &  2, 0,-2, 0, 0,11,0,0,0,
     & -1, 0, 2, 2, 1,-10,0,5,0,
     &  1, 0, 2, 2, 2,-8,0,3,0/
      DATA ((KNUT(I,J),I=1,9),J=37,54) /
     &  1, 1, 0,-2, 0,-7,0,0,0,
     &  0, 1, 2, 0, 2,7,0,-3,0,
     &  0,-1, 2, 0, 2,-7,0,3,0,
     &  0, 0, 2, 2, 1,-7,0,3,0,
     & -2, 0, 0, 2, 1,-6,0,3,0,
     &  1, 0, 0, 2, 0,6,0,0,0,
     &  2, 0, 2,-2, 2,6,0,-3,0,
     &  0, 0, 0, 2, 1,-6,0,3,0,
     &  1, 0, 2,-2, 1,6,0,-3,0,
     &  0,-1, 2,-2, 1,-5,0,3,0,
     &  0, 0, 0,-2, 1,-5,0,3,0,
     &  1,-1, 0, 0, 0,5,0,0,0,
     &  2, 0, 2, 0, 1,-5,0,3,0,
     &  2, 0, 0,-2, 1,4,0,-2,0,
     &  0, 1, 2,-2, 1,4,0,-2,0,
     &  1, 0, 0,-1, 0,-4,0,0,0,
     &  0, 1, 0,-2, 0,-4,0,0,0,
     &  1, 0,-2, 0, 0,4,0,0,0/
      DATA ((KNUT(I,J),I=1,9),J=55,72) /
     &  0, 0, 0, 1, 0,-4,0,0,0,
     & -2, 0, 2, 0, 2,-3,0,1,0,
     &  1,-1, 0,-1, 0,-3,0,0,0,
     &  1, 1, 0, 0, 0,-3,0,0,0,
     &  1, 0, 2, 0, 0,3,0,0,0,
     &  1,-1, 2, 0, 2,-3,0,1,0,
     & -1,-1, 2, 2, 2,-3,0,1,0,
     &  3, 0, 2, 0, 2,-3,0,1,0,
     &  0,-1, 2, 2, 2,-3,0,1,0,
     &  0,-2, 2,-2, 1,-2,0,1,0,
     & -2, 0, 0, 0, 1,-2,0,1,0,
     &  1, 1, 2, 0, 2,2,0,-1,0,
     & -1, 0, 2,-2, 1,-2,0,1,0,
     &  2, 0, 0, 0, 1,2,0,-1,0,
     &  1, 0, 0, 0, 2,-2,0,1,0,
     &  3, 0, 0, 0, 0,2,0,0,0,
     &  0, 0, 2, 1, 2,2,0,-1,0,
     & -1, 0, 2, 4, 2,-2,0,1,0/
      DATA ((KNUT(I,J),I=1,9),J=73,90) /
     &  2, 0,-2, 0, 1,1,0,0,0,
     &  2, 1, 0,-2, 0,1,0,0,0,
     &  0, 0,-2, 2, 1,1,0,0,0,
     &  0, 1,-2, 2, 0,-1,0,0,0,
     &  0, 1, 0, 0, 2,1,0,0,0,
     & -1, 0, 0, 1, 1,1,0,0,0,
     &  0, 1, 2,-2, 0,-1,0,0,0,
     & -1, 0, 0, 0, 2,1,0,-1,0,
     &  1, 0, 0,-4, 0,-1,0,0,0,
     & -2, 0, 2, 2, 2,1,0,-1,0,
     &  2, 0, 0,-4, 0,-1,0,0,0,
     &  1, 1, 2,-2, 2,1,0,-1,0,
     &  1, 0, 2, 2, 1,-1,0,1,0,
     & -2, 0, 2, 4, 2,-1,0,1,0,
     & -1, 0, 4, 0, 2,1,0,0,0,
     &  1,-1, 0,-2, 0,1,0,0,0,
     &  2, 0, 2,-2, 1,1,0,-1,0,
     &  2, 0, 2, 2, 2,-1,0,0,0/
      DATA ((KNUT(I,J),I=1,9),J=91,106) /
     &  1, 0, 0, 2, 1,-1,0,0,0,
     &  0, 0, 4,-2, 2,1,0,0,0,
     &  3, 0, 2,-2, 2,1,0,0,0,
     &  1, 0, 2,-2, 0,-1,0,0,0,
     &  0, 1, 2, 0, 1,1,0,0,0,
     & -1,-1, 0, 2, 1,1,0,0,0,
     &  0, 0,-2, 0, 1,-1,0,0,0,
     &  0, 0, 2,-1, 2,-1,0,0,0,
     &  0, 1, 0, 2, 0,-1,0,0,0,
     &  1, 0,-2,-2, 0,-1,0,0,0,
     &  0,-1, 2, 0, 1,-1,0,0,0,
     &  1, 1, 0,-2, 1,-1,0,0,0,
     &  1, 0,-2, 2, 0,-1,0,0,0,
     &  2, 0, 0, 2, 0,1,0,0,0,
     &  0, 0, 2, 4, 2,-1,0,0,0,
     &  0, 1, 0, 1, 0,1,0,0,0/
C
      IF (LPREM .OR. T .NE. TDER) THEN
         DO J = 1, 5
            ARG(J) = AS2R*HORNER(T, 3, CARG(0,J))
     &             + PI2*DMOD(TOURS(J)*T, 1.D0)
         ENDDO
         DPSID = 0.D0
         DEPSD = 0.D0
C        sommation des plus petits termes aux plus grands
         DO J = NTER, 1, -1
            X = 0.D0
            DO I = 1, 5
               X = X + KNUT(I,J)*ARG(I)
            ENDDO
            DPSID = DPSID + (KNUT(6,J) + 0.1D0*KNUT(7,J)*T)*DSIN(X)
            DEPSD = DEPSD + (KNUT(8,J) + 0.1D0*KNUT(9,J)*T)*DCOS(X)
         ENDDO
         DPSID = DPSID*AS2R*1.D-4
         DEPSD = DEPSD*AS2R*1.D-4
         OMD   = ARG(5)
         TDER  = T
         LPREM = .FALSE.
      ENDIF
      DPSI  = DPSID
      DEPS  = DEPSD
      OMLUN = OMD
      END
C=======================================================================
      REAL*8 FUNCTION TSMOY(TU, S1)
C-----------------------------------------------------------------------
C     Temps sidéral moyen de Greenwich, UAI 1982 (rad)
C       TU  (E) siècles juliens TU1 depuis J2000
C       S1  (E) secondes TU1 dans le jour
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 TU, S1, HORNER, C(0:3), PI2
      PARAMETER (PI2 = 6.283185307179586476925D0)
      SAVE C
      DATA C /24110.54841D0, 8640184.812866D0, 0.093104D0, -6.2D-6/
      TSMOY = DMOD(HORNER(TU, 3, C) + S1, 86400.D0)*PI2/86400.D0
      END
C=======================================================================
      REAL*8 FUNCTION TSVEIS(JJ50, SEC)
C-----------------------------------------------------------------------
C     Temps sidéral de Veis (rad, dans [0,2pi[)
C     100.075542 deg + 360.985612288 deg par jour TU1 depuis 1950
C       JJ50, SEC  (E) date TU1
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ50
      REAL*8 SEC, ANG2PI, FRAC, DEG
      PARAMETER (DEG = 0.01745329251994329576924D0)
      FRAC   = SEC/86400.D0
      TSVEIS = ANG2PI(DEG*(100.075542D0 + 0.985612288D0*(JJ50 + FRAC)
     &                     + 360.D0*FRAC))
      END
C=======================================================================
      SUBROUTINE ROTAX(N, X, IAXE, ANG, IER)
C-----------------------------------------------------------------------
C     Rotation de repère, sur place, de N vecteurs
C       N     (E)   nombre de vecteurs
C       X     (E/S) X(3,N)
C       IAXE  (E)   axe 1, 2 ou 3
C       ANG   (E)   angle (rad)
C       IER   (S)   0, -1 axe inconnu, -2 N < 0 (X inchangé)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, IAXE, IER
      REAL*8 X(3,N), ANG, C, S, Y
      INTEGER*4 I, J, K
C
      IER = -2
      IF (N .LT. 0) RETURN
      IER = -1
      IF (IAXE .LT. 1 .OR. IAXE .GT. 3) RETURN
      IER = 0
      C = DCOS(ANG)
      S = DSIN(ANG)
      I = MOD(IAXE, 3) + 1
      J = MOD(IAXE+1, 3) + 1
      DO 10 K = 1, N
         Y      =  C*X(I,K) + S*X(J,K)
         X(J,K) = -S*X(I,K) + C*X(J,K)
         X(I,K) = Y
   10 CONTINUE
      END
