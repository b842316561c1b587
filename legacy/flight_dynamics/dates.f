C     @(#) dates.f 1.7 94/03/11 CMP - Dynamique du vol
C=======================================================================
C     Dates : calendrier grégorien <-> jour julien CNES 1950
C     (jour 0 = 1er janvier 1950 à 0 h)
C=======================================================================
      SUBROUTINE CALJJ(IAN, MOIS, JOUR, JJ50, IER)
C-----------------------------------------------------------------------
C       IAN, MOIS, JOUR (E) date calendaire
C       JJ50            (S) jour julien 1950
C       IER             (S) 0, -1 année hors [1950,2099], -2 mois,
C                           -3 jour ; JJ50 n'est pas écrit si IER < 0
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 IAN, MOIS, JOUR, JJ50, IER
      INTEGER*4 NBJ(12), NJM, IBIS
      INTEGER*4 CUMUL(12)
      SAVE NBJ, CUMUL
      DATA NBJ   /31,28,31,30,31,30,31,31,30,31,30,31/
      DATA CUMUL /0,31,59,90,120,151,181,212,243,273,304,334/
C
      IER = -1
      IF (IAN .LT. 1950 .OR. IAN .GT. 2099) RETURN
      IER = -2
      IF (MOIS .LT. 1 .OR. MOIS .GT. 12) RETURN
C     entre 1950 et 2099, toute année multiple de 4 est bissextile
      IBIS = 0
      IF (MOD(IAN,4) .EQ. 0) IBIS = 1
      NJM = NBJ(MOIS)
      IF (MOIS .EQ. 2) NJM = NJM + IBIS
      IER = -3
      IF (JOUR .LT. 1 .OR. JOUR .GT. NJM) RETURN
      IER = 0
      JJ50 = 365*(IAN-1950) + (IAN-1949)/4 + CUMUL(MOIS) + JOUR - 1
      IF (MOIS .GT. 2) JJ50 = JJ50 + IBIS
      END
C=======================================================================
      SUBROUTINE JJCAL(JJ50, SEC, IAN, MOIS, JOUR, IH, IMN, SECM, IER)
C-----------------------------------------------------------------------
C       JJ50, SEC       (E) date
C       IAN, MOIS, JOUR (S) date calendaire
C       IH, IMN, SECM   (S) heure, minute, secondes
C       IER             (S) 0, -1 jour hors plage, -2 secondes hors
C                           [0,86400[ ; rien n'est écrit si IER < 0
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ50, IAN, MOIS, JOUR, IH, IMN, IER
      REAL*8 SEC, SECM
      INTEGER*4 KQ, KR, M
C
      IER = -1
      IF (JJ50 .LT. 0 .OR. JJ50 .GT. 54786) RETURN
      IER = -2
      IF (SEC .LT. 0.D0 .OR. SEC .GE. 86400.D0) RETURN
      IER = 0
C     l'origine est reportée au 1er mars 1948 (JJ50 = -671) : le jour
C     bissextile devient le dernier de chaque période de quatre ans
      KQ  = (JJ50 + 671) / 1461
      KR  = MOD(JJ50 + 671, 1461)
      IAN = MIN(KR/365, 3)
      KR  = KR - 365*IAN
      IAN = 1948 + 4*KQ + IAN
      M   = (5*KR + 2) / 153
      JOUR = KR - (153*M + 2)/5 + 1
      MOIS = M + 3
      IF (MOIS .GT. 12) THEN
         MOIS = MOIS - 12
         IAN  = IAN + 1
      ENDIF
      IH   = INT(SEC/3600.D0)
      IMN  = INT((SEC - 3600.D0*IH)/60.D0)
      SECM = SEC - 3600.D0*IH - 60.D0*IMN
      END
C=======================================================================
      SUBROUTINE LECDAT(CHDATE, JJ50, SEC, IER)
C-----------------------------------------------------------------------
C     Lecture d'une date 'AAAA-MM-JJ HH:MM:SS.sss'
C       CHDATE  (E) chaîne ; séparateurs - ou /, blanc ou T ; l'heure
C                   peut manquer
C       JJ50    (S) jour julien 1950
C       SEC     (S) secondes dans le jour
C       IER     (S) 0, 1 heure absente (SEC = 0), -1 illisible,
C                   -2 date impossible ; rien n'est écrit si IER < 0
C-----------------------------------------------------------------------
      IMPLICIT NONE
      CHARACTER*(*) CHDATE
      INTEGER*4 JJ50, IER
      REAL*8 SEC
      INTEGER*4 IAN, MOIS, JOUR, IH, IMN, JJ, KER, L
      REAL*8 SECM
      CHARACTER*12 CSEC
C
      IER = -1
      L = LEN(CHDATE)
      IF (L .LT. 10) RETURN
      IF (INDEX('-/', CHDATE(5:5)) .EQ. 0) RETURN
      IF (CHDATE(8:8) .NE. CHDATE(5:5)) RETURN
      READ (CHDATE, '(I4,1X,I2,1X,I2)', ERR=900) IAN, MOIS, JOUR
      CALL CALJJ(IAN, MOIS, JOUR, JJ, KER)
      IF (KER .LT. 0) THEN
         IER = -2
         RETURN
      ENDIF
      IF (L .LT. 19 .OR. CHDATE(11:) .EQ. ' ') THEN
         IER  = 1
         JJ50 = JJ
         SEC  = 0.D0
         RETURN
      ENDIF
      IF (INDEX(' T', CHDATE(11:11)) .EQ. 0) RETURN
      IF (CHDATE(14:14).NE.':' .OR. CHDATE(17:17).NE.':') RETURN
      CSEC = CHDATE(18:)
      READ (CHDATE(12:16), '(I2,1X,I2)', ERR=900) IH, IMN
      READ (CSEC, '(F12.0)', ERR=900) SECM
      IER = -2
      IF (IH.LT.0 .OR. IH.GT.23 .OR. IMN.LT.0 .OR. IMN.GT.59) RETURN
      IF (SECM .LT. 0.D0 .OR. SECM .GE. 60.D0) RETURN
      IER  = 0
      JJ50 = JJ
      SEC  = 3600.D0*IH + 60.D0*IMN + SECM
  900 CONTINUE
      END
C=======================================================================
      SUBROUTINE ECRDAT(JJ50, SEC, CHDATE, IER)
C-----------------------------------------------------------------------
C     Écriture d'une date 'AAAA-MM-JJ HH:MM:SS.sss' (23 caractères)
C       JJ50, SEC  (E) date
C       CHDATE     (S) chaîne, complétée par des blancs
C       IER        (S) 0, 1 chaîne trop courte, -1 date hors plage
C                      (CHDATE non écrite)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ50, IER
      REAL*8 SEC
      CHARACTER*(*) CHDATE
      INTEGER*4 JJ, IAN, MOIS, JOUR, IH, IMN, KER, MS
      REAL*8 S, SECM
      CHARACTER*23 LIGNE
C
C     arrondi à la milliseconde avant découpage (pas de 59.9996 -> 60)
      JJ = JJ50
      S  = DNINT(SEC*1000.D0)/1000.D0
      IF (S .GE. 86400.D0) THEN
         JJ = JJ + 1
         S  = S - 86400.D0
      ENDIF
      CALL JJCAL(JJ, S, IAN, MOIS, JOUR, IH, IMN, SECM, KER)
      IER = -1
      IF (KER .LT. 0) RETURN
      MS = NINT(SECM*1000.D0)
      WRITE (LIGNE, 100) IAN, MOIS, JOUR, IH, IMN, MS/1000, MOD(MS,1000)
  100 FORMAT (I4.4,'-',I2.2,'-',I2.2,' ',I2.2,':',I2.2,':',I2.2,'.',
     &        I3.3)
      CHDATE = LIGNE
      IER = 0
      IF (LEN(CHDATE) .LT. 23) IER = 1
      END
C=======================================================================
      REAL*8 FUNCTION ECDAT(JJ1, SEC1, JJ2, SEC2)
C-----------------------------------------------------------------------
C     Date 2 - date 1, en secondes
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ1, JJ2
      REAL*8 SEC1, SEC2
      ECDAT = (JJ2 - JJ1)*86400.D0 + (SEC2 - SEC1)
      END
C=======================================================================
      SUBROUTINE AJDAT(JJ50, SEC, DT)
C-----------------------------------------------------------------------
C     Ajoute DT secondes à une date
C       JJ50, SEC  (E/S) date, normalisée en sortie
C       DT         (E)   secondes, de signe quelconque
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 JJ50, K
      REAL*8 SEC, DT, S
      S = SEC + DT
      K = INT(S/86400.D0)
      IF (S .LT. K*86400.D0) K = K - 1
      S = S - K*86400.D0
C     une somme très légèrement négative s'arrondit à 86400
      IF (S .GE. 86400.D0) THEN
         S = S - 86400.D0
         K = K + 1
      ENDIF
      JJ50 = JJ50 + K
      SEC  = S
      END
