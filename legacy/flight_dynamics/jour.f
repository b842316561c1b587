C     @(#) jour.f 1.6 95/11/07 CMP - Dynamique du vol
C=======================================================================
C     Fichier des données de la journée
C     Une ligne par donnée : MOTCLE = valeur   # commentaire
C     Les lignes vides et les lignes commençant par # sont ignorées.
C     Mot-clé : 24 caractères au plus, en majuscules. Valeur : 40
C     caractères au plus.
C=======================================================================
      SUBROUTINE LECJOU(NOMFIC, NMOT, IER)
C-----------------------------------------------------------------------
C     Lecture du fichier dans la table des mots-clés (COMMON /JOURC/)
C       NOMFIC  (E) nom du fichier
C       NMOT    (S) nombre de mots-clés lus ; rang de la ligne si IER=-2
C       IER     (S) 0, 1 table pleine (64), 2 mot-clé répété (le dernier
C                   l'emporte), -1 ouverture impossible (NMOT et table
C                   non modifiés), -2 ligne illisible
C-----------------------------------------------------------------------
      IMPLICIT NONE
      CHARACTER*(*) NOMFIC
      INTEGER*4 NMOT, IER
      INTEGER*4 MAXMOT
      PARAMETER (MAXMOT = 64)
      CHARACTER*24 TABMOT(MAXMOT)
      CHARACTER*40 TABVAL(MAXMOT)
      COMMON /JOURC/ TABMOT, TABVAL
      INTEGER*4 NB
      COMMON /JOURN/ NB
      CHARACTER*132 LIGNE
      CHARACTER*24 MOT
      CHARACTER*40 VAL
      INTEGER*4 NLIG, K, KER, LU
      PARAMETER (LU = 17)
C
      OPEN (UNIT=LU, FILE=NOMFIC, STATUS='OLD', ERR=900)
      IER  = 0
      NB   = 0
      NLIG = 0
   10 CONTINUE
      READ (LU, '(A)', END=20, ERR=910) LIGNE
      NLIG = NLIG + 1
      CALL DECLIG(LIGNE, MOT, VAL, KER)
      IF (KER .LT. 0) GOTO 910
      IF (KER .EQ. 1) GOTO 10
      CALL CHEMOT(MOT, K)
      IF (K .EQ. 0) THEN
         IF (NB .EQ. MAXMOT) THEN
            IER = 1
            GOTO 20
         ENDIF
         NB = NB + 1
         K  = NB
      ELSE
         IER = 2
      ENDIF
      TABMOT(K) = MOT
      TABVAL(K) = VAL
      GOTO 10
   20 CONTINUE
      NMOT = NB
      CLOSE (LU)
      RETURN
  910 CONTINUE
      IER  = -2
      NMOT = NLIG
      CLOSE (LU)
      RETURN
  900 CONTINUE
      IER = -1
      END
C=======================================================================
      SUBROUTINE DECLIG(LIGNE, MOT, VAL, IER)
C-----------------------------------------------------------------------
C     Découpage d'une ligne
C       LIGNE     (E) ligne du fichier
C       MOT, VAL  (S) mot-clé et valeur, cadrés à gauche
C       IER       (S) 0, 1 ligne sans donnée, -1 illisible
C-----------------------------------------------------------------------
      IMPLICIT NONE
      CHARACTER*(*) LIGNE, MOT, VAL
      INTEGER*4 IER, L, K, I
C
      L = INDEX(LIGNE, '#') - 1
      IF (L .LT. 0) L = LEN(LIGNE)
      IER = 1
      IF (L .EQ. 0) RETURN
      IF (LIGNE(1:L) .EQ. ' ') RETURN
      IER = -1
      K = INDEX(LIGNE(1:L), '=')
      IF (K .LE. 1 .OR. K .GE. L) RETURN
      MOT = ' '
      VAL = ' '
      DO 10 I = 1, K-1
         IF (LIGNE(I:I) .NE. ' ') GOTO 15
   10 CONTINUE
      RETURN
   15 MOT = LIGNE(I:K-1)
      DO 20 I = K+1, L
         IF (LIGNE(I:I) .NE. ' ') GOTO 25
   20 CONTINUE
      RETURN
   25 VAL = LIGNE(I:L)
      IER = 0
      END
C=======================================================================
      SUBROUTINE CHEMOT(MOT, K)
C     Rang K du mot-clé MOT dans la table, 0 s'il est absent
      IMPLICIT NONE
      CHARACTER*(*) MOT
      INTEGER*4 K
      CHARACTER*24 TABMOT(64)
      CHARACTER*40 TABVAL(64)
      COMMON /JOURC/ TABMOT, TABVAL
      INTEGER*4 NB
      COMMON /JOURN/ NB
      DO 10 K = 1, NB
         IF (MOT .EQ. TABMOT(K)) RETURN
   10 CONTINUE
      K = 0
      END
C=======================================================================
      SUBROUTINE VALMOT(MOTCLE, VAL, IER)
C-----------------------------------------------------------------------
C     Valeur numérique d'un mot-clé
C       MOTCLE  (E) mot-clé
C       VAL     (S) valeur
C       IER     (S) 0, -1 absent, -2 non numérique (VAL non écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      CHARACTER*(*) MOTCLE
      REAL*8 VAL, X
      INTEGER*4 IER, K
      CHARACTER*24 TABMOT(64)
      CHARACTER*40 TABVAL(64)
      COMMON /JOURC/ TABMOT, TABVAL
C
      IER = -1
      CALL CHEMOT(MOTCLE, K)
      IF (K .EQ. 0) RETURN
      IER = -2
      READ (TABVAL(K), '(F40.0)', ERR=900) X
      VAL = X
      IER = 0
  900 CONTINUE
      END
C=======================================================================
      SUBROUTINE TEXMOT(MOTCLE, TEXTE, IER)
C-----------------------------------------------------------------------
C     Texte d'un mot-clé
C       MOTCLE  (E) mot-clé
C       TEXTE   (S) valeur, complétée par des blancs
C       IER     (S) 0, 1 tronqué, -1 absent (TEXTE non écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      CHARACTER*(*) MOTCLE, TEXTE
      INTEGER*4 IER, K
      CHARACTER*24 TABMOT(64)
      CHARACTER*40 TABVAL(64)
      COMMON /JOURC/ TABMOT, TABVAL
C
      IER = -1
      CALL CHEMOT(MOTCLE, K)
      IF (K .EQ. 0) RETURN
      IER = 0
      TEXTE = TABVAL(K)
      IF (LEN(TEXTE) .LT. 40) THEN
         IF (TABVAL(K)(LEN(TEXTE)+1:) .NE. ' ') IER = 1
      ENDIF
      END
