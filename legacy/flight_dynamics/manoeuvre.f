C     @(#) manoeuvre.f 1.10 96/02/19 CMP - Dynamique du vol
C=======================================================================
C     Manoeuvres de maintien et de mise à poste
C=======================================================================
      SUBROUTINE PROMAN(JJ50, SEC, A, XI, XL0, DADT, FEN, LFORC,
     &                  JJM, SECM, DA, DV, IER)
C-----------------------------------------------------------------------
C     Date et amplitude de la prochaine manoeuvre de maintien.
C     L'écart de trace suit L(t) = XL0 + L' t + L'' t2/2. On manoeuvre
C     au bord de la fenêtre [-FEN,+FEN] ; sur le bord est, de façon que
C     la nouvelle parabole vienne tangenter le bord ouest.
C       JJ50, SEC  (E) date du bulletin
C       A, XI      (E) demi-grand axe (m) et inclinaison (rad) moyens
C       XL0        (E) écart de trace (m, positif vers l'est)
C       DADT       (E) décroissance du demi-grand axe (m/jour, <= 0)
C       FEN        (E) demi-fenêtre (m)
C       LFORC      (E) LOGICAL, .TRUE. : manoeuvre immédiate
C       JJM, SECM  (S) date de la manoeuvre
C       DA, DV     (S) amplitude (m) et poussée tangentielle (m/s)
C       IER        (S) 0, 1 trace déjà hors fenêtre, 2 pas de
C                      frottement, 3 pas de manoeuvre à 400 jours (DA et
C                      DV nuls, date non écrite), -11 FEN <= 0,
C                      -12 DADT > 0, autres < 0 : DERTRA
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ50, JJM, IER
      REAL*8 SEC, A, XI, XL0, DADT, FEN, SECM, DA, DV
      LOGICAL LFORC
      INCLUDE 'cst.inc'
      REAL*8 XLON0, DEMFEN
      INTEGER*4 NREV, NJOUR
      COMMON /PHASE/ XLON0, DEMFEN, NREV, NJOUR
C     résultats de DERTRA : V pente, R sensibilité, J cycle
      REAL*8 V, R, VR(2)
      INTEGER*4 J
      COMMON /TRAPAR/ V, R, J
      EQUIVALENCE (V, VR(1))
      REAL*8 D1, D2, T, XL, AN
      INTEGER*4 KER
C
      IER = -11
      IF (FEN .LE. 0.D0) RETURN
      IER = -12
      IF (DADT .GT. 0.D0) RETURN
      CALL DERTRA(A, XI, DADT, NREV, NJOUR, D1, D2, IER)
      IF (IER .LT. 0) RETURN
      IER = 0
      T   = 0.D0
      IF (.NOT. LFORC .AND. DABS(XL0) .LE. FEN) THEN
         CALL SORFEN(XL0, D1, D2, FEN, T, KER)
         IF (KER .LT. 0 .OR. T .GT. 400.D0) THEN
            DA  = 0.D0
            DV  = 0.D0
            IER = 3
            RETURN
         ENDIF
      ELSE IF (DABS(XL0) .GT. FEN) THEN
         IER = 1
      ENDIF
C     écart et demi-grand axe à la date de la manoeuvre
      XL = XL0 + T*(D1 + 0.5D0*D2*T)
      AN = A + DADT*T
      CALL DERVIS(XL, D2, FEN, D1)
      IF (D2 .LE. 0.D0 .AND. IER .EQ. 0) IER = 2
      DA = (D1 - (VR(1) + D2*T))/VR(2)
      DV = 0.5D0*DA*DSQRT(XMU/AN)/AN
      JJM  = JJ50
      SECM = SEC
      CALL AJDAT(JJM, SECM, T*86400.D0)
      END
C=======================================================================
      SUBROUTINE SORFEN(XL0, D1, D2, FEN, T, IER)
C-----------------------------------------------------------------------
C     Première sortie de la fenêtre de XL0 + D1 T + D2 T2/2, D2 >= 0
C       XL0  (E) écart (m), |XL0| <= FEN
C       D1   (E) dérive (m/jour)
C       D2   (E) accélération (m/jour2), >= 0
C       T    (S) date (jours)
C       IER  (S) 0 bord est, 1 bord ouest, -1 pas de sortie (T non écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XL0, D1, D2, FEN, T, DISC
      INTEGER*4 IER
C
      IF (D1 .LT. 0.D0) THEN
         DISC = D1*D1 - 2.D0*D2*(XL0 + FEN)
         IF (DISC .GT. 0.D0) THEN
C           bord ouest avant le point bas de la parabole
            T = 2.D0*(XL0 + FEN)/(DSQRT(DISC) - D1)
            IER = 1
            RETURN
         ENDIF
      ENDIF
      IER = -1
      IF (D1 .LE. 0.D0 .AND. D2 .LE. 0.D0) RETURN
      IER  = 0
      DISC = DSQRT(D1*D1 + 2.D0*D2*(FEN - XL0))
      IF (D1 .GE. 0.D0) THEN
         T = 2.D0*(FEN - XL0)/(D1 + DISC)
      ELSE
         T = (DISC - D1)/D2
      ENDIF
      END
C=======================================================================
      SUBROUTINE DERVIS(XL, D2, FEN, D1V)
C-----------------------------------------------------------------------
C     Dérive visée après manoeuvre
C       XL   (E) écart (m)      D2   (E) accélération (m/jour2)
C       FEN  (E) demi-fenêtre   D1V  (S) dérive visée (m/jour)
C     À l'est du bord ouest avec frottement : tangente au bord ouest.
C     À l'ouest : dérive nulle, le frottement ramène vers l'est.
C     Sans frottement : dérive nulle.
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 XL, D2, FEN, D1V
      D1V = 0.D0
      IF (D2 .GT. 0.D0 .AND. XL .GT. -FEN) THEN
         D1V = -DSQRT(2.D0*D2*(XL + FEN))
      ENDIF
      END
C=======================================================================
      SUBROUTINE HOHMAN(A1, A2, DV1, DV2, DTR, IER)
C-----------------------------------------------------------------------
C     Transfert de Hohmann entre orbites circulaires
C       A1, A2    (E) rayons (m)
C       DV1, DV2  (S) poussées (m/s, signées)
C       DTR       (S) durée du transfert (s)
C       IER       (S) 0, 1 A1 = A2, -1 rayon <= 0 (rien n'est écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A1, A2, DV1, DV2, DTR, AT
      INTEGER*4 IER
      INCLUDE 'cst.inc'
C
      IER = -1
      IF (A1 .LE. 0.D0 .OR. A2 .LE. 0.D0) RETURN
      IER = 0
      IF (A1 .EQ. A2) IER = 1
      AT  = 0.5D0*(A1 + A2)
      DV1 = DSQRT(XMU*(2.D0/A1 - 1.D0/AT)) - DSQRT(XMU/A1)
      DV2 = DSQRT(XMU/A2) - DSQRT(XMU*(2.D0/A2 - 1.D0/AT))
      DTR = 3.141592653589793238463D0*AT*DSQRT(AT/XMU)
      END
C=======================================================================
      SUBROUTINE APPMAN(N, ELT, DV, PSO, XISP, IER)
C-----------------------------------------------------------------------
C     Applique une poussée tangentielle à un bulletin circulaire
C       N     (E)   dimension, N >= 6 ; ELT(7) = masse si N >= 7
C       ELT   (E/S) a, ex, ey, i, gom, pso, masse
C       DV    (E)   poussée (m/s, positive dans le sens de la vitesse)
C       PSO   (E)   argument de latitude de la poussée (rad)
C       XISP  (E)   impulsion spécifique (s)
C       IER   (S)   0, -6 N < 6, -1 a <= 0, -2 XISP <= 0 ; ELT n'est
C                   pas modifié si IER < 0
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, IER, KER
      REAL*8 ELT(N), DV, PSO, XISP, V, DM
      INCLUDE 'cst.inc'
C
      IER = -6
      IF (N .LT. 6) RETURN
      IER = -1
      IF (ELT(1) .LE. 0.D0) RETURN
      IER = -2
      IF (XISP .LE. 0.D0) RETURN
      IER = 0
      V = DSQRT(XMU/ELT(1))
      ELT(1) = ELT(1)*(1.D0 + 2.D0*DV/V)
      ELT(2) = ELT(2) + 2.D0*DV/V*DCOS(PSO)
      ELT(3) = ELT(3) + 2.D0*DV/V*DSIN(PSO)
      IF (N .GE. 7) THEN
         CALL CONSOM(ELT(7), DV, XISP, DM, KER)
         IF (KER .EQ. 0) ELT(7) = ELT(7) - DM
      ENDIF
      END
