/* @(#) flight_dynamics.h 1.14 96/02/19 CMP - Dynamique du vol */
/*
 * Interface C des sous-programmes Fortran de la dynamique du vol.
 *
 * Conventions
 *  - tous les arguments sont passés par adresse (INTEGER*4 = int32_t,
 *    LOGICAL*4 = int32_t valant 0 ou 1, REAL*8 = double, REAL*4 = float) ;
 *  - les longueurs des CHARACTER*(*) suivent en fin de liste, par valeur
 *    (size_t), dans l'ordre des chaînes ; les chaînes ne sont pas terminées
 *    par un zéro, elles sont complétées par des blancs ;
 *  - ier (code retour) : 0 = correct, > 0 = avertissement (sorties
 *    utilisables), < 0 = erreur (sorties NON écrites sauf mention) ;
 *  - unités SI : m, m/s, rad, s, kg, sauf mention ;
 *  - dates : jour julien CNES 1950 (0 = 1er janvier 1950 0h) et secondes
 *    dans le jour [0, 86400[.
 *  - éléments circulaires   : a, ex, ey, i, gom, pso  (pso = om + M)
 *    éléments képlériens    : a, e, i, pom, gom, M
 *    éléments équatoriaux   : a, ex, ey, ix, iy, pso  (pso = gom + om + M,
 *                             ix = 2 sin(i/2) cos(gom), iy = 2 sin(i/2) sin(gom))
 *  - les tableaux Fortran x(3,n) se déclarent double x[n][3] en C.
 */
#ifndef CMP_FLIGHT_DYNAMICS_H
#define CMP_FLIGHT_DYNAMICS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------ constantes (cst.f) --- */

/* COMMON /CST/ : modèle de potentiel en cours. Initialisé par BLOCK DATA
 * au modèle 'STANDARD'. cn0 est déclaré cn0(2:6) en Fortran : cn0[0] = C20 */
struct cmp_cst {
    double xmu;      /* constante de gravitation, m3/s2 */
    double ae;       /* rayon équatorial, m */
    double cn0[5];   /* C20 .. C60, non normalisés */
    double omegat;   /* rotation de la Terre, rad/s */
};
extern struct cmp_cst cst_;

/* Choix du modèle : 'STANDARD' (Eckstein-Hechler), 'MSLIB' (xmu = 3.986004415e14),
 * 'WGS72'. ier = -1 : modèle inconnu. */
void inicst_(const char *modele, int32_t *ier, size_t l_modele);

/* Édition du modèle en cours : n valeurs (8 au plus) de /CST/, dans l'ordre */
void edicst_(const int32_t *n, double *v, int32_t *ier);

/* Chaîne d'identification @(#) du k-ième module (k = 1..13) */
void versdv_(const int32_t *k, char *texte, int32_t *ier, size_t l_texte);

/* Texte (sortie) associé au code retour ier du sous-programme nomsp */
void msgret_(const char *nomsp, const int32_t *ier, char *texte,
             size_t l_nomsp, size_t l_texte);

/* ------------------------------------------------------ dates (dates.f) --- */

/* Calendrier -> jour julien 1950. ier = -1 année hors [1950,2099],
 * -2 mois, -3 jour */
void caljj_(const int32_t *ian, const int32_t *mois, const int32_t *jour,
            int32_t *jj50, int32_t *ier);

/* Jour julien 1950 + secondes -> calendrier. ier = -1 jj50 hors plage,
 * -2 sec hors [0,86400[ */
void jjcal_(const int32_t *jj50, const double *sec, int32_t *ian, int32_t *mois,
            int32_t *jour, int32_t *ih, int32_t *imn, double *secm, int32_t *ier);

/* 'AAAA-MM-JJ HH:MM:SS.sss' (séparateurs - ou /, blanc ou T ; l'heure est
 * facultative) -> jj50, sec. ier = -1 chaîne illisible, -2 date impossible,
 * 1 heure absente (sec = 0) */
void lecdat_(const char *chdate, int32_t *jj50, double *sec, int32_t *ier,
             size_t l_chdate);

/* jj50, sec -> 'AAAA-MM-JJ HH:MM:SS.sss' (23 car.). ier = 1 : chaîne trop
 * courte, tronquée ; -1 date hors plage (chdate non écrite) */
void ecrdat_(const int32_t *jj50, const double *sec, char *chdate, int32_t *ier,
             size_t l_chdate);

/* Fonction : date 2 - date 1, en secondes */
double ecdat_(const int32_t *jj1, const double *sec1,
              const int32_t *jj2, const double *sec2);

/* Ajoute dt secondes à la date (jj50 et sec sont modifiés) */
void ajdat_(int32_t *jj50, double *sec, const double *dt);

/* -------------------------------------------- équation de Képler (kepler.f) */

/* Fonction : anomalie excentrique, 0 <= exc < 1. ier = -1 exc hors plage
 * (la fonction rend alors xm), 1 convergence médiocre */
double kepler_(const double *xm, const double *exc, int32_t *ier);

/* Fonction : idem en variables circulaires, rend pso_E = om + E */
double kepgen_(const double *psom, const double *ex, const double *ey, int32_t *ier);

/* ------------------------------------------- conversions (orbites.f) ------ */
/* ier = -1 a <= 0, -2 excentricité hors [0,1[, -3 orbite hyperbolique,
 * -4 position ou moment cinétique nul, 1 orbite quasi circulaire (pom = 0),
 * 2 orbite quasi équatoriale (gom = 0) */

void kepcar_(const double *xmu, const double elt[6], double pos[3], double vit[3], int32_t *ier);
void carkep_(const double *xmu, const double pos[3], const double vit[3], double elt[6], int32_t *ier);
void circar_(const double *xmu, const double elt[6], double pos[3], double vit[3], int32_t *ier);
void carcir_(const double *xmu, const double pos[3], const double vit[3], double elt[6], int32_t *ier);
/* circulaires équatoriaux (ix, iy) -> cartésien ; -5 : ix2+iy2 >= 4 */
void ceqcar_(const double *xmu, const double elt[6], double pos[3], double vit[3], int32_t *ier);

/* elt(n), n >= 6 : les éléments au delà du sixième (masse, etc.) sont
 * recopiés. ier = -6 : n < 6 */
void cirkep_(const int32_t *n, const double *eltc, double *eltk, int32_t *ier);
void kepcir_(const int32_t *n, const double *eltk, double *eltc, int32_t *ier);

/* Demi-grand axe (m) d'un bulletin NORAD : xn (rad/s), exc, xi (rad).
 * lkozai = 1 : correction de Kozai (a de Brouwer) ; 0 : (mu/n2)^(1/3).
 * Utilise les constantes WGS72. ier = -1 xn <= 0, -2 exc hors plage */
void amoytl_(const double *xn, const double *exc, const double *xi,
             const int32_t *lkozai, double *a, int32_t *ier);

#ifndef __cplusplus
/* Vecteur excentricité exc*(cos pom + i sin pom) ; COMPLEX*16 puis COMPLEX*8
 * (pour affichage, pomdeg en degrés) */
double _Complex vecexc_(const double *exc, const double *pom);
float _Complex vecaff_(const float *exc, const float *pomdeg);
#endif

/* -------------------------------------------------- repères (veis.f) ------ */

/* J2000 -> Veis de la date. jj50, sec en TUC ; dtai = TAI-TUC (s),
 * dtu1 = TU1-TUC (s). ier = -1 date hors [1950,2099] */
void j2veis_(const int32_t *jj50, const double *sec, const double *dtai,
             const double *dtu1, const double posj[3], const double vitj[3],
             double posv[3], double vitv[3], int32_t *ier);

/* Rotation (de repère) de n vecteurs x(3,n), sur place, d'un angle ang
 * autour de l'axe iaxe (1,2,3). ier = -1 axe, -2 n < 0 */
void rotax_(const int32_t *n, double *x, const int32_t *iaxe, const double *ang,
            int32_t *ier);

/* Fonction : temps sidéral de Veis (rad, [0,2pi[), date TU1 */
double tsveis_(const int32_t *jj50, const double *sec);

/* --------------------------------------- Eckstein-Hechler (ehech.f) ------- */
/* ier = -1 a < ae, -2 quasi équatoriale, -3 inclinaison critique,
 * -4 excentricité > 0.1, -5 hyperbolique (e >= 1), -6 pas de convergence,
 * -7 EHINIT non appelé, 1 excentricité > 0.005 (précision dégradée) */

/* Initialisation : elt(6) circulaires MOYENS à la date jj50,sec ; état gardé
 * dans COMMON /EHBUL/ et /EHSER/ */
void ehinit_(const int32_t *jj50, const double *sec, const double eltm[6], int32_t *ier);

/* Éléments circulaires osculateurs osc(6) et leurs dérivées dosc(6) (par s)
 * à dt secondes de la date d'initialisation */
void ehosc_(const double *dt, double osc[6], double dosc[6], int32_t *ier);

/* Position et vitesse à dt secondes de la date d'initialisation */
void ehposv_(const double *dt, double pos[3], double vit[3], int32_t *ier);

/* Osculateurs -> moyens (point fixe ; réinitialise le modèle avec eltm).
 * niter (sortie) : nombre d'itérations */
void ehmoy_(const int32_t *jj50, const double *sec, const double elto[6],
            double eltm[6], int32_t *niter, int32_t *ier);

/* Tout en un : moyens à jj1,sec1 -> pos, vit et osculateurs à jj2,sec2 */
void ehprop_(const int32_t *jj1, const double *sec1, const double eltm[6],
             const int32_t *jj2, const double *sec2, double pos[3],
             double vit[3], double elto[6], int32_t *ier);

/* Taux séculaires (rad/s) : noeud, périgée, argument de latitude moyen */
void ehtaux_(const double *a, const double *xi, double *dgom, double *dpom,
             double *dpso, int32_t *ier);

/* ------------------------------------ extrapolation numérique (force.f) --- */

/* Accélération (m/s2), terme central et zonaux J2..J6 de /CST/ */
void acczon_(const double pos[3], double acc[3]);

/* Second membre pour RK4PAS : n = 6, y = (pos, vit) */
void secmem_(const int32_t *n, const double *t, const double *y, double *yp);

/* Intégration RK4 de (pos, vit) sur dt secondes, au pas de pas secondes au
 * plus ; pos et vit sont modifiés. ier = -1 pas <= 0, -2 passage sous ae
 * (pos, vit à l'instant du passage) */
void extnum_(double pos[3], double vit[3], const double *dt, const double *pas,
             int32_t *nbpas, int32_t *ier);

/* ---------------------------------------- utilitaires (numer.f) ----------- */

/* Second membre : f(n, t, y, yp) */
typedef void (*cmp_secmem)(const int32_t *n, const double *t, const double *y, double *yp);
/* Un pas de Runge-Kutta d'ordre 4 ; t et y(n) modifiés ; trav(n,5) travail */
void rk4pas_(cmp_secmem f, const int32_t *n, double *t, double *y,
             const double *dt, double *trav);

/* Zéro de f sur [xa,xb]. ier = -1 pas de changement de signe, 1 nombre
 * d'itérations maximal atteint */
typedef double (*cmp_fonction)(const double *x);
void zerof_(cmp_fonction f, const double *xa, const double *xb, const double *eps,
            double *xsol, int32_t *nbit, int32_t *ier);

/* Fonction : polynôme coef(0:ideg) en x (schéma de Horner) */
double horner_(const double *x, const int32_t *ideg, const double *coef);

/* Moyenne et écart-type de x(n). ier = -1 n < 1, 1 n = 1 (ect = 0) */
void moyect_(const int32_t *n, const double *x, double *xmoy, double *ect, int32_t *ier);

/* Parabole c(0:2) par moindres carrés sur t(n), y(n) ; ect = écart-type des
 * résidus. ier = -1 n < 3, -2 système singulier */
void ajupar_(const int32_t *n, const double *t, const double *y, double *c,
             double *ect, int32_t *ier);

/* -------------------------------------------- phasage (phasage.f) --------- */

/* COMMON /PHASE/ : cycle en cours, 369 révolutions en 26 jours par défaut */
struct cmp_phase {
    double  xlon0;   /* longitude du noeud de référence (orbite 1), rad */
    double  demfen;  /* demi-fenêtre à l'équateur, m */
    int32_t nrev;
    int32_t njour;
};
extern struct cmp_phase phase_;

/* Période nodale (s) d'une orbite moyenne a, xi */
void pernod_(const double *a, const double *xi, double *tnod, int32_t *ier);

/* a (m) de l'orbite phasée sur (nrev, njour), inclinaison xi donnée.
 * ier = -8 pas de solution, -9 cycle invalide, autres : EHTAUX */
void arefph_(const double *xi, const int32_t *nrev, const int32_t *njour,
             double *aref, int32_t *ier);

/* Inclinaison héliosynchrone (rad) pour a donné. ier = -8 pas de solution */
void helsyn_(const double *a, double *xi, int32_t *ier);

/* Fonction : longitude nominale (rad, [0,2pi[) du noeud ascendant de
 * l'orbite iorb (1..nrev, ramené dans le cycle) */
double lonref_(const int32_t *iorb);

/* Écart de trace à l'équateur (m, positif vers l'est) du noeud observé à la
 * longitude xlon pour l'orbite iorb la plus proche (sortie). ier = 1 hors
 * fenêtre, -9 cycle invalide */
void ecatra_(const double *xlon, int32_t *iorb, double *ecart, int32_t *ier);

/* Dérive de la trace : dadt en m/jour ; dldt en m/jour, d2ldt2 en m/jour2.
 * ier = 2 : dérive supérieure à 10 km/jour (orbite hors phasage), -9 cycle
 * invalide */
void dertra_(const double *a, const double *xi, const double *dadt,
             const int32_t *nrev, const int32_t *njour, double *dldt,
             double *d2ldt2, int32_t *ier);

/* ---------------------------------------- manoeuvres (manoeuvre.f) -------- */

/* Prochaine manoeuvre de maintien. Entrées : date, a et xi moyens, xl0 écart
 * de trace (m, est > 0), dadt (m/jour, <= 0), fen demi-fenêtre (m), lforc
 * (1 = manoeuvre immédiate). Sorties : date jjm, secm ; da (m) ; dv (m/s,
 * tangentiel).
 * ier = 1 trace déjà hors fenêtre (manoeuvre immédiate), 2 pas de frottement
 * (retour à l'orbite phasée) ou dérive > 10 km/jour, 3 aucune manoeuvre à 400 jours (da = dv = 0,
 * jjm et secm non écrits), -11 fen <= 0, -12 dadt > 0, autres < 0 : EHTAUX */
void proman_(const int32_t *jj50, const double *sec, const double *a,
             const double *xi, const double *xl0, const double *dadt,
             const double *fen, const int32_t *lforc, int32_t *jjm,
             double *secm, double *da, double *dv, int32_t *ier);

/* Transfert de Hohmann a1 -> a2 (circulaires) : deux poussées (m/s) et
 * durée (s). ier = -1 rayon <= 0 */
void hohman_(const double *a1, const double *a2, double *dv1, double *dv2,
             double *dtr, int32_t *ier);

/* Applique au bulletin elt(n) (circulaire, n >= 6, elt(7) = masse si n >= 7)
 * une poussée tangentielle dv faite à l'argument de latitude pso ; xisp (s).
 * elt est modifié. ier = -6 n < 6, -1 a <= 0, -2 xisp <= 0 */
void appman_(const int32_t *n, double *elt, const double *dv, const double *pso,
             const double *xisp, int32_t *ier);

/* ---------------------------------------------- masses (masse.f) ---------- */

/* Masse initiale (kg) et centre de gravité cdg(3) (m) : 'SPOT2'..'SPOT5'.
 * ier = -1 satellite inconnu, 1 centre de gravité non connu (nul) */
void masini_(const char *nomsat, double *xmasse, double cdg[3], int32_t *ier,
             size_t l_nomsat);

/* Ergols consommés dm (kg) pour dv (m/s), xisp (s). ier = -1 masse <= 0,
 * -2 xisp <= 0 */
void consom_(const double *xmasse, const double *dv, const double *xisp,
             double *dm, int32_t *ier);

/* Fonction REAL*4 : impulsion spécifique (s) selon la pression (bar) */
float xisp4_(const float *pres);

/* Jaugeage PVT : pres(n) en bar, temp(n) en degrés C (REAL*4) -> ergol
 * restant (kg, moyenne des n points valides). lval(n) (LOGICAL, sortie) :
 * point retenu. ier = -1 n < 1, -2 aucun point valide, 1 points écartés */
void jauge_(const int32_t *n, const float *pres, const float *temp, int32_t *lval,
            float *ergol, int32_t *ier);

/* ------------------------------- atmosphère, calendrier (densite.f) -- */

/* Densité (kg/m3) et hauteur d'échelle (m) à l'altitude alt (m), 0 en dehors
 * de 180 à 1000 km. DENLIM, à retours secondaires, n'est pas appelable en C */
double densit_(const double *alt);
double hautec_(const double *alt);

/* Décroissance (m/jour) d'une orbite circulaire a (m), surface surf (m2),
 * traînée cx ; lactif (LOGICAL) : Soleil actif. ier = 1 trop haut (0), -1 trop
 * bas, -2 masse ou surface <= 0 */
void decroi_(const double *a, const double *ae, const double *xmasse,
             const double *surf, const double *cx, const int32_t *lactif,
             double *dadt, int32_t *ier);

/* Moyenne glissante sur nmax points (1 à 32) : COMMON /MOYGLI/, une seule à la
 * fois */
void moyini_(const int32_t *nmax);
void moyajt_(const double *x);
void moyval_(double *xm, int32_t *npt);

/* Fonction CHARACTER : résultat et longueur d'abord */
void nomjou_(char *nom, size_t l_nom, const int32_t *jj50);   /* l_nom = 8 */

/* 'hh:mm:ss' */
void chahms_(const double *sec, char *texte, size_t l_texte);

/* LOGICAL : 1 si l'année est bissextile */
int32_t lbissx_(const int32_t *ian);

#ifndef __cplusplus
/* Polynôme complexe, zc(0:n) */
double _Complex zpoly_(const int32_t *n, const double _Complex *zc,
                       const double _Complex *z);
#endif

/* ------------------------------------------ attitude (mod_attitude.f90) -- */

/* Attitude géocentrique att(4), partie scalaire d'abord. ier = -1 : nul */
void attgeo_(const double pos[3], const double vit[3], double att[4],
             int32_t *ier);
/* Journée x(3,n), v(3,n) au pas de pas s : attitude moyenne, écart moyen entre
 * points et dérive finale (rad). ier = -1 point nul, -2 n < 2, 1 mal tournée */
void attjou_(const int32_t *n, const double *pas, const double *x,
             const double *v, double att[4], double *ecart, double *derive,
             int32_t *ier);

/* ------------------------------------- fichier de la journée (jour.f) ----- */
/* Format : une ligne 'MOTCLE = valeur', '#' commence un commentaire.        */

/* Lit le fichier (64 mots-clés au plus) ; nmot = nombre lu. ier = -1
 * ouverture impossible, -2 ligne nlig illisible (nmot = rang de la ligne),
 * 1 table pleine, 2 mot-clé répété (le dernier l'emporte) */
void lecjou_(const char *nomfic, int32_t *nmot, int32_t *ier, size_t l_nomfic);

/* Valeur numérique d'un mot-clé. ier = -1 absent, -2 non numérique */
void valmot_(const char *motcle, double *val, int32_t *ier, size_t l_motcle);

/* Texte d'un mot-clé. ier = -1 absent, 1 tronqué */
void texmot_(const char *motcle, char *texte, int32_t *ier,
             size_t l_motcle, size_t l_texte);

/* --------------------------------- éphémérides (mod_ephem.f90) -- */
/* Le module Fortran 90 EPHEMERIDE n'est pas appelable en C ; ephjou l'est.  */

/* Éphéméride Eckstein-Hechler de n points au pas de pas secondes à partir de
 * jj50, sec : x(3,n), v(3,n). ier : voir EHINIT, -8 n < 1 */
void ephjou_(const int32_t *jj50, const double *sec, const double eltm[6],
             const double *pas, const int32_t *n, double *x, double *v,
             int32_t *ier);

/* Passages au noeud ascendant d'une éphéméride x(3,n), v(3,n) commençant à
 * jj50, sec : nmax places ; nnoe passages, tnoe(nmax) secondes depuis le
 * début, xlon(nmax) longitude (rad). ier = 1 plus de nmax passages, -1 n < 2 */
void noejou_(const int32_t *jj50, const double *sec, const double *pas,
             const int32_t *n, const double *x, const double *v,
             const int32_t *nmax, int32_t *nnoe, double *tnoe, double *xlon,
             int32_t *ier);

#ifdef __cplusplus
}
#endif
#endif
