C     @(#) densite.f 1.3 95/04/03 CMP - Dynamique du vol
C=======================================================================
C     Densité de l'atmosphère, décroissance de l'orbite, calendrier
C=======================================================================
      BLOCK DATA BLDATM
      IMPLICIT NONE
      CHARACTER*48 SCCSAT(2)
      REAL*8 ALTREF(12), RHOREF(12), HAUREF(12)
      INTEGER*4 NATM
      COMMON /ATMOS/ ALTREF, RHOREF, HAUREF, NATM
      REAL*8 TMOY(32)
      INTEGER*4 NGAR, NVU
      COMMON /MOYGLI/ TMOY, NGAR, NVU
      COMMON /SCCSD2/ SCCSAT
      DATA TMOY /32*0.D0/, NGAR /8/, NVU /0/
C     Modèle exponentiel par tranches, CIRA 1972 : altitude (km),
C     densité (kg/m3), hauteur d'échelle (km)
      DATA NATM /12/
      DATA ALTREF /180.D0, 200.D0, 250.D0, 300.D0, 350.D0, 400.D0,
     &             450.D0, 500.D0, 600.D0, 700.D0, 800.D0, 900.D0/
      DATA RHOREF /5.464D-10, 2.789D-10, 7.248D-11, 2.418D-11,
     &             9.158D-12, 3.725D-12, 1.585D-12, 6.967D-13,
     &             1.454D-13, 3.614D-14, 1.170D-14, 5.245D-15/
      DATA HAUREF /29.740D0, 37.105D0, 45.546D0, 53.628D0, 53.298D0,
     &             58.515D0, 60.828D0, 63.822D0, 71.835D0, 88.667D0,
     &             124.64D0, 181.05D0/
      DATA SCCSAT
     & /'@(#) densite.f 1.3 95/04/03 CMP - Dyn. du vol   ',
     &  '@(#) mod_attitude.f90 1.1 97/03/24 CMP - DynVol'/
      END
C=======================================================================
      REAL*8 FUNCTION DENSIT(ALT)
C-----------------------------------------------------------------------
C     Densité (kg/m3) à l'altitude ALT (m), 0 en dehors de 180-1000 km
C     Entrée HAUTEC : hauteur d'échelle (m) de la même tranche
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 ALT, HAUTEC, H
      REAL*8 ALTREF(12), RHOREF(12), HAUREF(12)
      INTEGER*4 NATM, K
      LOGICAL LHAUT
      COMMON /ATMOS/ ALTREF, RHOREF, HAUREF, NATM
C
      LHAUT = .FALSE.
      GOTO 10
      ENTRY HAUTEC(ALT)
      LHAUT = .TRUE.
   10 CONTINUE
      H = ALT/1000.D0
      DENSIT = 0.D0
      IF (H .LT. ALTREF(1) .OR. H .GT. 1000.D0) RETURN
      DO 20 K = NATM, 1, -1
         IF (H .GE. ALTREF(K)) GOTO 30
   20 CONTINUE
      K = 1
   30 CONTINUE
      IF (LHAUT) THEN
         HAUTEC = 1000.D0*HAUREF(K)
      ELSE
         DENSIT = RHOREF(K)*EXP(-(H - ALTREF(K))/HAUREF(K))
      ENDIF
      END
C=======================================================================
      SUBROUTINE DENLIM(ALT, RHO, *, *)
C-----------------------------------------------------------------------
C     Comme DENSIT ; retours secondaires
C       ALT  (E) altitude (m)
C       RHO  (S) densité (kg/m3), non écrite aux retours secondaires
C       *1   trop bas    *2   trop haut
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 ALT, RHO, DENSIT
      IF (ALT .LT. 180.D3) RETURN 1
      IF (ALT .GT. 1000.D3) RETURN 2
      RHO = DENSIT(ALT)
      END
C=======================================================================
      SUBROUTINE DECROI(A, AE, XMASSE, SURF, CX, LACTIF, DADT, IER)
C-----------------------------------------------------------------------
C     Décroissance du demi-grand axe d'une orbite circulaire
C       A       (E) demi-grand axe (m)
C       AE      (E) rayon équatorial (m)
C       XMASSE  (E) masse (kg)
C       SURF    (E) surface (m2)    CX (E) coefficient de traînée
C       LACTIF  (E) .TRUE. : Soleil actif, densité multipliée par 4
C       DADT    (S) m/jour, négatif
C       IER     (S) 0, 1 trop haut (DADT nul), -1 trop bas,
C                   -2 masse ou surface <= 0 (DADT non écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A, AE, XMASSE, SURF, CX, DADT, RHO
      REAL*8 XMU, CST2(7)
      LOGICAL LACTIF
      INTEGER*4 IER
      COMMON /CST/ XMU, CST2
C
      IER = -2
      IF (XMASSE .LE. 0.D0 .OR. SURF .LE. 0.D0) RETURN
      CALL DENLIM(A - AE, RHO, *10, *20)
      IF (LACTIF) RHO = 4.D0*RHO
      DADT = -86400.D0*RHO*CX*SURF/XMASSE*SQRT(XMU*A)
      IER = 0
      RETURN
   10 CONTINUE
      IER = -1
      RETURN
   20 CONTINUE
      DADT = 0.D0
      IER = 1
      END
C=======================================================================
      SUBROUTINE MOYINI(NMAX)
C-----------------------------------------------------------------------
C     Moyenne glissante : remise à zéro, NMAX (1 à 32) points gardés
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 NMAX, NGAR, NVU
      REAL*8 T(32)
      COMMON /MOYGLI/ T, NGAR, NVU
      NGAR = MAX(1, MIN(32, NMAX))
      NVU = 0
      END
C=======================================================================
      SUBROUTINE MOYAJT(X)
C-----------------------------------------------------------------------
C     Ajoute X à la moyenne glissante
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 NGAR, NVU
      REAL*8 X, T(32)
      COMMON /MOYGLI/ T, NGAR, NVU
      T(MOD(NVU, NGAR) + 1) = X
      NVU = NVU + 1
      END
C=======================================================================
      SUBROUTINE MOYVAL(XM, NPT)
C-----------------------------------------------------------------------
C     Moyenne glissante XM (S) et nombre de points NPT (S)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 NPT, NGAR, NVU, I
      REAL*8 XM, T(32)
      COMMON /MOYGLI/ T, NGAR, NVU
      NPT = MIN(NVU, NGAR)
      XM = 0.D0
      DO 10 I = 1, NPT
         XM = XM + T(I)
   10 CONTINUE
      IF (NPT .GT. 0) XM = XM/NPT
      END
C=======================================================================
      CHARACTER*8 FUNCTION NOMJOU(JJ50)
C-----------------------------------------------------------------------
C     Nom du jour ; le 1er janvier 1950 était un dimanche
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ50
      CHARACTER*8 NOMS(0:6)
      SAVE NOMS
      DATA NOMS /'DIMANCHE', 'LUNDI', 'MARDI', 'MERCREDI', 'JEUDI',
     &           'VENDREDI', 'SAMEDI'/
      NOMJOU = NOMS(MODULO(JJ50, 7))
      END
C=======================================================================
      SUBROUTINE CHAHMS(SEC, TEXTE)
C-----------------------------------------------------------------------
C     TEXTE (S) 'hh:mm:ss', coupé à sa longueur
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 SEC
      CHARACTER*(*) TEXTE
      INTEGER*4 K
      CHARACTER*8 T
      K = INT(SEC + 0.5D0)
      T(1:1) = CHAR(48 + K/36000)
      T(2:2) = CHAR(48 + MOD(K/3600, 10))
      T(3:3) = ':'
      T(4:4) = CHAR(48 + MOD(K/600, 6))
      T(5:5) = CHAR(48 + MOD(K/60, 10))
      T(6:6) = ':'
      T(7:7) = CHAR(48 + MOD(K/10, 6))
      T(8:8) = CHAR(48 + MOD(K, 10))
      TEXTE = T
      END
C=======================================================================
      LOGICAL FUNCTION LBISSX(IAN)
C-----------------------------------------------------------------------
C     .TRUE. si l'année IAN est bissextile
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 IAN
      LBISSX = MOD(IAN, 4) .EQ. 0 .AND. (MOD(IAN, 100) .NE. 0
     &         .OR. MOD(IAN, 400) .EQ. 0)
      END
C=======================================================================
      COMPLEX*16 FUNCTION ZPOLY(N, ZC, Z)
C-----------------------------------------------------------------------
C     Polynôme complexe ZC(0) + ZC(1)*Z + ... + ZC(N)*Z**N
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, K
      COMPLEX*16 ZC(0:N), Z
      ZPOLY = ZC(N)
      DO 10 K = N - 1, 0, -1
         ZPOLY = ZPOLY*Z + ZC(K)
   10 CONTINUE
      END
