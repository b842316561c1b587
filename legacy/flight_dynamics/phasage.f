C     @(#) phasage.f 1.8 95/09/28 CMP - Dynamique du vol
C=======================================================================
C     Phasage de l'orbite et dérive de la trace au sol
C     Cycle SPOT : 369 révolutions en 26 jours
C=======================================================================
      SUBROUTINE PERNOD(A, XI, TNOD, IER)
C-----------------------------------------------------------------------
C     Période nodale
C       A, XI  (E) demi-grand axe moyen (m), inclinaison (rad)
C       TNOD   (S) période (s)
C       IER    (S) code retour de EHTAUX
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A, XI, TNOD, DGOM, DPOM, DPSO
      INTEGER*4 IER
      CALL EHTAUX(A, XI, DGOM, DPOM, DPSO, IER)
      IF (IER .LT. 0) RETURN
      TNOD = 6.283185307179586476925D0/DPSO
      END
C=======================================================================
      SUBROUTINE ECAREV(A, XI, NREV, NJOUR, ECAREF, TNOD, IER)
C-----------------------------------------------------------------------
C     Écart de longitude du noeud par révolution, par rapport au pas
C     nominal du cycle (rad, positif vers l'est)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A, XI, ECAREF, TNOD, DGOM, DPOM, DPSO, PI2
      INTEGER*4 NREV, NJOUR, IER
      PARAMETER (PI2 = 6.283185307179586476925D0)
      INCLUDE 'cst.inc'
C
      CALL EHTAUX(A, XI, DGOM, DPOM, DPSO, IER)
      IF (IER .LT. 0) RETURN
      TNOD   = PI2/DPSO
      ECAREF = PI2*NJOUR/NREV - (OMEGAT - DGOM)*TNOD
      END
C=======================================================================
      SUBROUTINE AREFPH(XI, NREV, NJOUR, AREF, IER)
C-----------------------------------------------------------------------
C     Demi-grand axe moyen de l'orbite phasée
C       XI           (E) inclinaison (rad)
C       NREV, NJOUR  (E) cycle
C       AREF         (S) demi-grand axe (m)
C       IER          (S) 0, -9 cycle invalide, -8 pas de solution entre
C                        200 et 2000 km d'altitude, autres : EHTAUX
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XI, AREF
      INTEGER*4 NREV, NJOUR, IER
      INCLUDE 'cst.inc'
      REAL*8 FPHASE, E, T, X
      EXTERNAL FPHASE
      REAL*8 XIC
      INTEGER*4 NRC, NJC, NBIT, KER
      COMMON /PHACOM/ XIC, NRC, NJC
C
      IER = -9
      IF (NREV .LE. 0 .OR. NJOUR .LE. 0) RETURN
      CALL ECAREV(AE + 8.D5, XI, NREV, NJOUR, E, T, IER)
      IF (IER .LT. 0) RETURN
      XIC = XI
      NRC = NREV
      NJC = NJOUR
      CALL ZEROF(FPHASE, AE+2.D5, AE+2.D6, 1.D-6, X, NBIT, KER)
      IER = -8
      IF (KER .LT. 0) RETURN
      IER  = 0
      AREF = X
      END
C=======================================================================
      REAL*8 FUNCTION FPHASE(A)
C     Écart de phasage par révolution, paramètres dans /PHACOM/
      IMPLICIT NONE
      REAL*8 A, E, T, XIC
      INTEGER*4 NRC, NJC, KER
      COMMON /PHACOM/ XIC, NRC, NJC
      E = 0.D0
      CALL ECAREV(A, XIC, NRC, NJC, E, T, KER)
      FPHASE = E
      END
C=======================================================================
      SUBROUTINE HELSYN(A, XI, IER)
C-----------------------------------------------------------------------
C     Inclinaison héliosynchrone
C       A    (E) demi-grand axe moyen (m)
C       XI   (S) inclinaison (rad)
C       IER  (S) 0, -1 A < AE, -8 pas de solution (XI non écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A, XI
      INTEGER*4 IER
      INCLUDE 'cst.inc'
      REAL*8 FHELIO, X, AC
      EXTERNAL FHELIO
      COMMON /HELCOM/ AC
      INTEGER*4 NBIT, KER
C
      IER = -1
      IF (A .LT. AE) RETURN
      AC = A
C     bornes : juste au dessus de 90 deg, et avant 116.5 deg (critique)
      CALL ZEROF(FHELIO, 1.5709D0, 2.03D0, 1.D-13, X, NBIT, KER)
      IER = -8
      IF (KER .LT. 0) RETURN
      IER = 0
      XI  = X
      END
C=======================================================================
      REAL*8 FUNCTION FHELIO(XI)
C     Taux du noeud moins mouvement moyen du Soleil (rad/jour)
      IMPLICIT NONE
      REAL*8 XI, AC, DG, DP, DL, SOLEIL
      COMMON /HELCOM/ AC
      INTEGER*4 KER
C     une révolution par année tropique
      PARAMETER (SOLEIL = 6.283185307179586476925D0/365.24219D0)
      CALL EHTAUX(AC, XI, DG, DP, DL, KER)
      FHELIO = DG*86400.D0 - SOLEIL
      END
C=======================================================================
      REAL*8 FUNCTION LONREF(IORB)
C-----------------------------------------------------------------------
C     Longitude nominale du noeud ascendant de l'orbite IORB du cycle
C     (rad, dans [0,2pi[) ; IORB est ramené dans 1..NREV
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 IORB, K
      REAL*8 XLON0, DEMFEN, ANG2PI, PI2
      INTEGER*4 NREV, NJOUR
      COMMON /PHASE/ XLON0, DEMFEN, NREV, NJOUR
      PARAMETER (PI2 = 6.283185307179586476925D0)
C     en entiers, pour que le cycle se referme exactement
      K = MOD(IORB-1, NREV)
      IF (K .LT. 0) K = K + NREV
      K = MOD(K*NJOUR, NREV)
      LONREF = ANG2PI(XLON0 - PI2*K/NREV)
      END
C=======================================================================
      SUBROUTINE ECATRA(XLON, IORB, ECART, IER)
C-----------------------------------------------------------------------
C     Écart de trace à l'équateur
C       XLON   (E) longitude observée du noeud ascendant (rad)
C       IORB   (S) orbite du cycle la plus proche (1..nrev)
C       ECART  (S) écart (m, positif vers l'est)
C       IER    (S) 0, 1 écart hors fenêtre (+/- DEMFEN), -9 cycle
C                  invalide (rien n'est écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XLON, ECART
      INTEGER*4 IORB, IER
      INCLUDE 'cst.inc'
C     le bloc /PHASE/ est vu ici comme deux tableaux
      REAL*8 SEUIL(2), XREF, FENE
      INTEGER*4 NUM(2)
      COMMON /PHASE/ SEUIL, NUM
      EQUIVALENCE (SEUIL(1), XREF), (SEUIL(2), FENE)
      REAL*8 LONREF, PAS, X, PI2
      INTEGER*4 K, N
      PARAMETER (PI2 = 6.283185307179586476925D0)
C
      IER = -9
      IF (NUM(1) .LE. 0 .OR. NUM(2) .LE. 0) RETURN
      IER = 0
      PAS = PI2/NUM(1)
C     rang de la trace dans la grille équatoriale, compté vers l'ouest
      K = NINT((XREF - XLON)/PAS)
      K = MOD(K, NUM(1))
      IF (K .LT. 0) K = K + NUM(1)
C     numéro d'orbite dans le cycle : N*NJOUR = K modulo NREV
      DO 10 N = 0, NUM(1)-1
         IF (MOD(N*NUM(2), NUM(1)) .EQ. K) GOTO 20
   10 CONTINUE
C     NREV et NJOUR non premiers entre eux : cette trace n'existe pas
      IER = -9
      RETURN
   20 CONTINUE
      IORB  = N + 1
      X     = XLON - LONREF(IORB)
      ECART = AE*(X - PI2*DNINT(X/PI2))
      IF (DABS(ECART) .GT. FENE) IER = 1
      END
C=======================================================================
      SUBROUTINE DERTRA(A, XI, DADT, NREV, NJOUR, DLDT, D2LDT2, IER)
C-----------------------------------------------------------------------
C     Dérive de la trace à l'équateur
C       A, XI        (E) éléments moyens (m, rad)
C       DADT         (E) décroissance du demi-grand axe (m/jour)
C       NREV, NJOUR  (E) cycle
C       DLDT         (S) dérive (m/jour, positive vers l'est)
C       D2LDT2       (S) accélération de la dérive (m/jour2)
C       IER          (S) 0, 2 dérive > 10 km/jour, -9 cycle invalide,
C                        autres < 0 : EHTAUX (rien n'est écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A, XI, DADT, DLDT, D2LDT2
      INTEGER*4 NREV, NJOUR, IER
      INCLUDE 'cst.inc'
C     dernière parabole de dérive, relue par PROMAN :
C       PENTE (m/jour), SENSI (m/jour par m de demi-grand axe), NCYC
      REAL*8 PENTE, SENSI
      INTEGER*4 NCYC
      COMMON /TRAPAR/ PENTE, SENSI, NCYC
      REAL*8 D, T, D1, D2, H
      PARAMETER (H = 100.D0)
      INTEGER*4 KER
C
      IER = -9
      IF (NREV .LE. 0 .OR. NJOUR .LE. 0) RETURN
      CALL ECAREV(A, XI, NREV, NJOUR, D, T, IER)
      IF (IER .LT. 0) RETURN
      PENTE = AE*D/T*86400.D0
      CALL ECAREV(A+H, XI, NREV, NJOUR, D, T, KER)
      D2 = AE*D/T*86400.D0
C     dérivée à droite seulement si A-H passe sous le rayon équatorial
      CALL ECAREV(A-H, XI, NREV, NJOUR, D, T, KER)
      IF (KER .LT. 0) THEN
         SENSI = (D2 - PENTE)/H
      ELSE
         D1 = AE*D/T*86400.D0
         SENSI = (D2 - D1)/(2.D0*H)
      ENDIF
      NCYC   = NREV
      DLDT   = PENTE
      D2LDT2 = SENSI*DADT
      IF (DABS(DLDT) .GT. 1.D4) IER = 2
      END
