      PROGRAM MINFOR
C     @(#)mini_fortran.f 1.3 96/05/14 CMP - essai de la dynamique du vol
C     Main en Fortran, avec son propre COMMON et un BLOCK DATA
      IMPLICIT NONE
      CHARACTER*40 SCCSID
      CHARACTER*23 CHDATE
      CHARACTER*60 TEXTE
      INTEGER IER, JJ, NBIT, I
      DOUBLE PRECISION SEC, ELT(6), POS(3), VIT(3), RET(6), XSOL
      DOUBLE PRECISION XMU, KEPLER, HORNER, FESSAI, DEG
      DOUBLE PRECISION COEF(0:3), BOITE
      INTEGER NAPPEL
      EXTERNAL FESSAI, KEPLER, HORNER
      DOUBLE PRECISION DENSIT, HAUTEC, RHO, ALT
      CHARACTER*8 NOMJOU, HMS
      LOGICAL LBISSX
      COMPLEX*16 ZPOLY, ZC(0:2)
      INTEGER NPT
      COMMON /ESSAI/ BOITE, NAPPEL
      PARAMETER (DEG = 57.29577951308232D0)
      DATA SCCSID /'@(#)mini_fortran.f 1.3 96/05/14 CMP'/
      DATA COEF /1.D0, -2.D0, 0.5D0, 0.25D0/

      WRITE (*, '(A)') SCCSID(5:18)
C     --- dates
      CALL LECDAT('2004-04-06 07:51:28.386', JJ, SEC, IER)
      CALL ECRDAT(JJ, SEC, CHDATE, IER)
      WRITE (*, '(A,I6,F13.3,1X,A)') 'DATE ', JJ, SEC, CHDATE
      CALL LECDAT('PAS UNE DATE', JJ, SEC, IER)
      CALL MSGRET('LECDAT', IER, TEXTE)
      WRITE (*, '(A,I4,1X,A)') 'CODE ', IER, TEXTE(1:LNBLNK(TEXTE))
C     --- conversions, aller et retour (cas de la MSLIB)
      XMU = 3.986004415D14
      ELT(1) = 7000000.D0
      ELT(2) = 0.01D0
      ELT(3) = -0.02D0
      ELT(4) = 1.2D0
      ELT(5) = 2.1D0
      ELT(6) = 0.7D0
      CALL CIRCAR(XMU, ELT, POS, VIT, IER)
      WRITE (*, '(A,3F16.4)') 'POS  ', POS
      WRITE (*, '(A,3F16.8)') 'VIT  ', VIT
      CALL CARCIR(XMU, POS, VIT, RET, IER)
      DO 10 I = 1, 6
         IF (ABS(RET(I) - ELT(I)) .GT. 1.D-9 * ABS(ELT(I)))
     &      WRITE (*, '(A,I2)') 'ECART ', I
   10 CONTINUE
C     --- equation de Kepler, polynome, zero d'une fonction
      WRITE (*, '(A,F16.12)') 'KEP  ', KEPLER(0.7D0, 0.02D0, IER)
      WRITE (*, '(A,F16.12)') 'POLY ', HORNER(1.5D0, 3, COEF)
      BOITE = 0.3D0
      NAPPEL = 0
      CALL ZEROF(FESSAI, 0.D0, 2.D0, 1.D-12, XSOL, NBIT, IER)
      WRITE (*, '(A,F16.10,I4)') 'ZERO ', XSOL, IER
      IF (NAPPEL .LT. 3) WRITE (*, '(A)') 'TROP PEU D''APPELS'
C     --- Eckstein-Hechler
      CALL INICST('STANDARD', IER)
      ELT(1) = 7200653.D0
      ELT(2) = 0.D0
      ELT(3) = 0.0011D0
      ELT(4) = 98.72D0 / DEG
      ELT(5) = 199.5D0 / DEG
      ELT(6) = 0.D0
      CALL EHINIT(19819, 0.D0, ELT, IER)
      CALL EHPOSV(3000.D0, POS, VIT, IER)
      WRITE (*, '(A,3F16.3,I4)') 'EH   ', POS, IER
      ELT(4) = 0.D0
      CALL EHINIT(19819, 0.D0, ELT, IER)
      WRITE (*, '(A,I4)') 'EH EQUATORIAL ', IER
C     --- densite, retours secondaires, entrees, fonctions
      DO 40 I = 1, 4
         ALT = I*300.D3 - 200.D3
         CALL DENLIM(ALT, RHO, *20, *30)
         WRITE (*, '(A,2E12.4,F8.1)') 'DENSITE ', RHO, DENSIT(ALT),
     &      HAUTEC(ALT)/1000.D0
         GOTO 40
   20    WRITE (*, '(A)') 'TROP BAS'
         GOTO 40
   30    WRITE (*, '(A)') 'TROP HAUT'
   40 CONTINUE
      CALL MOYINI(3)
      DO 50 I = 1, 5
         CALL MOYAJT(DBLE(I*I))
   50 CONTINUE
      CALL MOYVAL(ALT, NPT)
      WRITE (*, '(A,F8.3,I3)') 'MOYENNE ', ALT, NPT
      CALL CHAHMS(28288.386D0, HMS)
      WRITE (*, '(3A,2L2)') NOMJOU(19819), ' ', HMS, LBISSX(1900),
     &   LBISSX(2000)
      ZC(0) = (1.D0, 0.D0)
      ZC(1) = (0.D0, 1.D0)
      ZC(2) = (2.D0, 0.D0)
      WRITE (*, '(A,2F8.3)') 'ZPOLY ', ZPOLY(2, ZC, (1.D0, 1.D0))
      END

      DOUBLE PRECISION FUNCTION FESSAI(X)
C     cos x - BOITE : la constante passe par le COMMON
      DOUBLE PRECISION X, BOITE
      INTEGER NAPPEL
      COMMON /ESSAI/ BOITE, NAPPEL
      NAPPEL = NAPPEL + 1
      FESSAI = COS(X) - BOITE
      END
