C     @(#) numer.f 1.5 93/09/06 CMP - Dynamique du vol
C=======================================================================
C     Utilitaires numériques
C=======================================================================
      REAL*8 FUNCTION HORNER(X, IDEG, COEF)
C-----------------------------------------------------------------------
C     Polynôme de degré IDEG, schéma de Horner
C       X     (E) abscisse
C       IDEG  (E) degré (une valeur négative rend 0)
C       COEF  (E) COEF(0:IDEG), tableau à taille implicite
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 X, COEF(0:*)
      INTEGER*4 IDEG, I
      HORNER = 0.D0
      DO 10 I = IDEG, 0, -1
         HORNER = HORNER*X + COEF(I)
   10 CONTINUE
      END
C=======================================================================
      SUBROUTINE RK4PAS(F, N, T, Y, DT, TRAV)
C-----------------------------------------------------------------------
C     Un pas de Runge-Kutta d'ordre 4
C       F     (E)   second membre, CALL F(N, T, Y, YP) (EXTERNAL)
C       N     (E)   dimension
C       T     (E/S) temps, avancé de DT
C       Y     (E/S) Y(N), état
C       DT    (E)   pas
C       TRAV  (S)   TRAV(N,5), zone de travail
C-----------------------------------------------------------------------
      IMPLICIT NONE
      EXTERNAL F
      INTEGER*4 N, I
      REAL*8 T, Y(N), DT, TRAV(N,5), TM
C
      TM = T + 0.5D0*DT
      CALL F(N, T, Y, TRAV(1,1))
      DO I = 1, N
         TRAV(I,5) = Y(I) + 0.5D0*DT*TRAV(I,1)
      ENDDO
      CALL F(N, TM, TRAV(1,5), TRAV(1,2))
      DO I = 1, N
         TRAV(I,5) = Y(I) + 0.5D0*DT*TRAV(I,2)
      ENDDO
      CALL F(N, TM, TRAV(1,5), TRAV(1,3))
      DO I = 1, N
         TRAV(I,5) = Y(I) + DT*TRAV(I,3)
      ENDDO
      T = T + DT
      CALL F(N, T, TRAV(1,5), TRAV(1,4))
      DO I = 1, N
         Y(I) = Y(I) + DT*(TRAV(I,1) + 2.D0*(TRAV(I,2) + TRAV(I,3))
     &                     + TRAV(I,4))/6.D0
      ENDDO
      END
C=======================================================================
      SUBROUTINE ZEROF(F, XA, XB, EPS, XSOL, NBIT, IER)
C-----------------------------------------------------------------------
C     Zéro d'une fonction par fausse position (méthode dite de
C     l'Illinois) sur un intervalle où elle change de signe
C       F       (E) REAL*8 FUNCTION F(X) (EXTERNAL)
C       XA, XB  (E) bornes
C       EPS     (E) précision sur X
C       XSOL    (S) solution
C       NBIT    (S) nombre d'itérations
C       IER     (S) 0, 1 nombre maximal d'itérations atteint, -1 pas de
C                   changement de signe (XSOL non écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 F, XA, XB, EPS, XSOL
      EXTERNAL F
      INTEGER*4 NBIT, IER, ICOTE
      REAL*8 A, B, C, FA, FB, FC
C
      A  = XA
      B  = XB
      FA = F(A)
      FB = F(B)
      NBIT  = 0
      ICOTE = 0
      IER = -1
      IF (FA*FB .GT. 0.D0) RETURN
      IER = 0
   10 CONTINUE
      IF (FA .EQ. FB) THEN
         XSOL = A
         RETURN
      ENDIF
      C  = (A*FB - B*FA)/(FB - FA)
      FC = F(C)
      NBIT = NBIT + 1
      IF (FC*FB .GT. 0.D0) THEN
         IF (ICOTE .EQ. -1) FA = 0.5D0*FA
         IF (DABS(B-C) .LE. EPS) GOTO 20
         B  = C
         FB = FC
         ICOTE = -1
      ELSE IF (FC*FA .GT. 0.D0) THEN
         IF (ICOTE .EQ. 1) FB = 0.5D0*FB
         IF (DABS(C-A) .LE. EPS) GOTO 20
         A  = C
         FA = FC
         ICOTE = 1
      ELSE
         GOTO 20
      ENDIF
      IF (DABS(B-A) .LE. EPS) GOTO 20
      IF (NBIT .LT. 100) GOTO 10
      IER = 1
   20 XSOL = C
      END
C=======================================================================
      SUBROUTINE MOYECT(N, X, XMOY, ECT, IER)
C-----------------------------------------------------------------------
C     Moyenne et écart-type (en N-1)
C       N     (E) nombre de valeurs
C       X     (E) X(N)
C       XMOY  (S) moyenne
C       ECT   (S) écart-type
C       IER   (S) 0, 1 une seule valeur (ECT = 0), -1 N < 1
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, IER, I
      REAL*8 X(N), XMOY, ECT, S
C
      IER = -1
      IF (N .LT. 1) RETURN
      S = 0.D0
      DO 10 I = 1, N
         S = S + X(I)
   10 CONTINUE
      XMOY = S/N
      ECT  = 0.D0
      IER  = 1
      IF (N .EQ. 1) RETURN
      IER = 0
      DO 20 I = 1, N
         ECT = ECT + (X(I) - XMOY)**2
   20 CONTINUE
      ECT = DSQRT(ECT/(N - 1))
      END
C=======================================================================
      SUBROUTINE AJUPAR(N, T, Y, C, ECT, IER)
C-----------------------------------------------------------------------
C     Parabole C(0) + C(1) T + C(2) T2 par moindres carrés
C       N     (E) nombre de points, N >= 3
C       T, Y  (E) T(N), Y(N)
C       C     (S) C(0:2)
C       ECT   (S) écart-type des résidus
C       IER   (S) 0, -1 N < 3, -2 système singulier (rien n'est écrit)
C-----------------------------------------------------------------------
      IMPLICIT NONE
      INTEGER*4 N, IER, I, J, K
      REAL*8 T(N), Y(N), C(0:2), ECT
      REAL*8 S(0:4), B(0:2), A(0:2,0:3), R, TM, P, HORNER
C
      IER = -1
      IF (N .LT. 3) RETURN
C     abscisses centrées pour le conditionnement
      CALL MOYECT(N, T, TM, R, K)
      DO J = 0, 4
         S(J) = 0.D0
         IF (J .LE. 2) B(J) = 0.D0
         DO I = 1, N
            P = (T(I) - TM)**J
            S(J) = S(J) + P
            IF (J .LE. 2) B(J) = B(J) + P*Y(I)
         ENDDO
      ENDDO
      DO J = 0, 2
         DO K = 0, 2
            A(J,K) = S(J+K)
         ENDDO
         A(J,3) = B(J)
      ENDDO
      CALL GAUSS3(A, B, IER)
      IF (IER .LT. 0) RETURN
      ECT = 0.D0
      DO I = 1, N
         ECT = ECT + (Y(I) - HORNER(T(I) - TM, 2, B))**2
      ENDDO
      ECT  = DSQRT(ECT/MAX(N-3, 1))
      C(0) = B(0) - TM*(B(1) - TM*B(2))
      C(1) = B(1) - 2.D0*TM*B(2)
      C(2) = B(2)
      END
C=======================================================================
      SUBROUTINE GAUSS3(A, X, IER)
C-----------------------------------------------------------------------
C     Système 3x3 symétrique défini positif, second membre en colonne 4
C       A    (E/S) A(3,4), détruite
C       X    (S)   X(3)
C       IER  (S)   0, -2 singulier
C-----------------------------------------------------------------------
      IMPLICIT NONE
      REAL*8 A(3,4), X(3), P, D(3)
      INTEGER*4 IER, I, J, K
C
      IER = -2
      DO I = 1, 3
         D(I) = A(I,I)
      ENDDO
      DO K = 1, 3
         IF (A(K,K) .LE. 1.D-12*D(K)) RETURN
         DO I = K+1, 3
            P = A(I,K)/A(K,K)
            DO J = K, 4
               A(I,J) = A(I,J) - P*A(K,J)
            ENDDO
         ENDDO
      ENDDO
      X(3) = A(3,4)/A(3,3)
      X(2) = (A(2,4) - A(2,3)*X(3))/A(2,2)
      X(1) = (A(1,4) - A(1,2)*X(2) - A(1,3)*X(3))/A(1,1)
      IER = 0
      END
