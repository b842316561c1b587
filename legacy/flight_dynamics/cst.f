C     @(#) cst.f 1.9 95/06/13 CMP - Dynamique du vol
C=======================================================================
C     Constantes de la dynamique du vol et identification des modules.
C=======================================================================
      BLOCK DATA BDCST
      IMPLICIT NONE
      INCLUDE 'cst.inc'
      REAL*8 XLON0, DEMFEN
      INTEGER*4 NREV, NJOUR
      COMMON /PHASE/ XLON0, DEMFEN, NREV, NJOUR
      CHARACTER*48 SCCSID(13)
      COMMON /SCCSDV/ SCCSID
C     Modèle 'STANDARD' : constantes de la théorie Eckstein-Hechler
      DATA XMU /3.9860047D14/, AE /6378137.D0/
      DATA CN0 /-1.08263D-3, 2.54D-6, 1.62D-6, 2.3D-7, -5.5D-7/
      DATA OMEGAT /7.292115146706979D-5/
C     Cycle SPOT : 369 révolutions en 26 jours, fenêtre de +/- 3 km
      DATA XLON0 /5.763775D0/, DEMFEN /3000.D0/
      DATA NREV /369/, NJOUR /26/
      DATA SCCSID
     & /'@(#) cst.f 1.9 95/06/13 CMP - Dynamique du vol  ',
     &  '@(#) dates.f 1.7 94/03/11 CMP - Dynamique du vol',
     &  '@(#) kepler.f 1.4 93/11/22 CMP - Dyn. du vol    ',
     &  '@(#) orbites.f 1.12 95/01/30 CMP - Dyn. du vol  ',
     &  '@(#) veis.f 1.6 94/10/05 CMP - Dynamique du vol ',
     &  '@(#) ehech.f 2.3 95/06/13 CMP - Dynamique du vol',
     &  '@(#) force.f 1.3 94/02/17 CMP - Dynamique du vol',
     &  '@(#) numer.f 1.5 93/09/06 CMP - Dynamique du vol',
     &  '@(#) phasage.f 1.8 95/09/28 CMP - Dyn. du vol   ',
     &  '@(#) manoeuvre.f 1.10 96/02/19 CMP - Dyn. du vol',
     &  '@(#) masse.f 1.2 93/12/01 CMP - Dynamique du vol',
     &  '@(#) jour.f 1.6 95/11/07 CMP - Dynamique du vol ',
     &  '@(#) mod_ephem.f90 1.3 96/01/15 CMP - Dyn. vol  '/
      END
C=======================================================================
      SUBROUTINE INICST(MODELE, IER)
C-----------------------------------------------------------------------
C     Choix du modèle de potentiel
C       MODELE  (E) CHARACTER*(*) : 'STANDARD', 'MSLIB' ou 'WGS72'
C       IER     (S) code retour : 0, -1 modèle inconnu
C-----------------------------------------------------------------------
      IMPLICIT NONE
      CHARACTER*(*) MODELE
      INTEGER*4 IER
      INCLUDE 'cst.inc'
      INTEGER*4 NUMMOD
      COMMON /MODCST/ NUMMOD
      EXTERNAL BDCST
      INTEGER*4 I
C
      IER = 0
      IF (MODELE .EQ. 'STANDARD' .OR. MODELE .EQ. 'MSLIB') THEN
         XMU = 3.9860047D14
         IF (MODELE .EQ. 'MSLIB') XMU = 3.986004415D14
         AE     = 6378137.D0
         CN0(2) = -1.08263D-3
         CN0(3) =  2.54D-6
         CN0(4) =  1.62D-6
         CN0(5) =  2.3D-7
         CN0(6) = -5.5D-7
      ELSE IF (MODELE .EQ. 'WGS72') THEN
         XMU    = 3.986008D14
         AE     = 6378135.D0
         CN0(2) = -1.082616D-3
         CN0(3) =  2.53881D-6
         CN0(4) =  1.65597D-6
         DO I = 5, 6
            CN0(I) = 0.D0
         ENDDO
      ELSE
         IER = -1
         RETURN
      ENDIF
      OMEGAT = 7.292115146706979D-5
C     le numéro d'ordre du modèle invalide les caches (EHPROP)
      NUMMOD = NUMMOD + 1
      END
C=======================================================================
      SUBROUTINE EDICST(N, V, IER)
C-----------------------------------------------------------------------
C     Édition du modèle en cours : le COMMON est vu comme un tableau
C       N    (E) nombre de valeurs demandées (1 à 8)
C       V    (S) V(N) : XMU, AE, C20..C60, OMEGAT
C       IER  (S) 0, -1 N hors plage (V non écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, IER
      REAL*8 V(N)
      REAL*8 TAB(8)
      COMMON /CST/ TAB
      INTEGER*4 I
C
      IER = -1
      IF (N .LT. 1 .OR. N .GT. 8) RETURN
      DO I = 1, N
         V(I) = TAB(I)
      ENDDO
      IER = 0
      END
C=======================================================================
      SUBROUTINE VERSDV(K, TEXTE, IER)
C-----------------------------------------------------------------------
C     Chaîne d'identification du K-ième module
C       K      (E) rang, 1 à 13
C       TEXTE  (S) CHARACTER*(*)
C       IER    (S) 0, 1 texte tronqué, -1 rang inconnu (TEXTE non écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 K, IER
      CHARACTER*(*) TEXTE
      CHARACTER*48 SCCSID(13)
      COMMON /SCCSDV/ SCCSID
C
      IER = -1
      IF (K .LT. 1 .OR. K .GT. 13) RETURN
      IER = 0
      TEXTE = SCCSID(K)
      IF (LEN(TEXTE) .LT. 48) THEN
         IF (SCCSID(K)(LEN(TEXTE)+1:) .NE. ' ') IER = 1
      ENDIF
      END
C=======================================================================
      SUBROUTINE MSGRET(NOMSP, IER, TEXTE)
C-----------------------------------------------------------------------
C     Texte associé à un code retour
C       NOMSP  (E) nom du sous-programme
C       IER    (E) code retour
C       TEXTE  (S) message, complété par des blancs
C-----------------------------------------------------------------------
      IMPLICIT NONE
      CHARACTER*(*) NOMSP, TEXTE
      INTEGER*4 IER
      CHARACTER*24 MSGEH(7)
      CHARACTER*6 CODE
      SAVE MSGEH
      DATA MSGEH /'A INFERIEUR A AE', 'ORBITE QUASI EQUATORIALE',
     &            'INCLINAISON CRITIQUE', 'EXCENTRICITE > 0.1',
     &            'ORBITE HYPERBOLIQUE', 'PAS DE CONVERGENCE',
     &            'MODELE NON INITIALISE'/
C
      WRITE (CODE, '(I6)') IER
      IF (IER .EQ. 0) THEN
         TEXTE = NOMSP // ' : CORRECT'
      ELSE IF (IER .GT. 0) THEN
         TEXTE = NOMSP // ' : AVERTISSEMENT' // CODE
      ELSE IF (NOMSP(1:2) .EQ. 'EH' .AND. IER .GE. -7) THEN
         TEXTE = NOMSP // ' : ERREUR' // CODE // ' ' // MSGEH(-IER)
      ELSE
         TEXTE = NOMSP // ' : ERREUR' // CODE
      ENDIF
      END
