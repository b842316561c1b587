/*
 * planning.h - façade C de la planification (écrite en C++)
 *
 * Heures en secondes depuis 0h TU ; positions en mètres dans le repère
 * terrestre. Convention de retour : 0 correct, > 0 avertissement (ou
 * réponse), < 0 erreur.
 */
#ifndef PLANNING_H
#define PLANNING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLAN_OK             0
#define PLAN_AV_RETARD      1
#define PLAN_AV_TRONQUE     2
#define PLAN_ERR_POINTEUR (-1)
#define PLAN_ERR_DOMAINE  (-2)
#define PLAN_ERR_CONFLIT  (-3)
#define PLAN_ERR_MEMOIRE  (-4)
#define PLAN_ERR_CALCUL   (-5)
#define PLAN_ERR_EPHEMERIDE (-6)

#define PLAN_PORTEUSE     2.2e9         /* Hz, bande S */

typedef struct plan_journee plan_journee;   /* structure cachée */

typedef struct {
    double debut, fin, culmination;         /* s */
    double site_max;                        /* degrés */
} plan_vue;

plan_journee *plan_creer(const char *titre);
void plan_detruire(plan_journee *journee);

/* lat, lon, site_min en degrés, alt en m ; masque[n] : sites par secteur
 * d'azimut de 360/n degrés, n = 0 sans masque */
int plan_station(plan_journee *journee, const char *nom, double lat,
                 double lon, double alt, double site_min,
                 const double *masque, int n);
/* dates croissantes ; rend 1 si le satellite est visible, 0 sinon */
int plan_position(plan_journee *journee, double t, const double pos[3]);
/* site et azimut en degrés, distance en m */
int plan_viser(const plan_journee *journee, const double pos[3], double *site,
               double *azimut, double *distance);
/* fin de la journée : range les passages à l'agenda, rend leur nombre */
int plan_clore(plan_journee *journee);
int plan_passage(const plan_journee *journee, int rang, plan_vue *vue);
/* tâche de l'agenda, retardée s'il le faut (sauf priorité 1) */
int plan_placer(plan_journee *journee, double debut, double duree,
                const char *nom, int priorite, double *retard);
int plan_editer(const plan_journee *journee, char *texte, size_t lg);

/* --- prévision : plusieurs stations, un seul passage suivi à la fois --- */
typedef struct plan_prevision plan_prevision;   /* structure cachée */

typedef struct {
    plan_vue vue;
    double   distance_min;                  /* m */
    double   doppler_max;                   /* Hz, au lever */
    int      station;
    int      jour;                          /* 1 : Soleil levé à la station */
} plan_suivi;

typedef struct {
    double alpha, delta;                    /* degrés */
    double distance;                        /* m */
    double sideral;                         /* Greenwich, degrés */
} plan_soleil;

/* retenu : 1 si le passage est suivi ; retour non nul : arrêt du parcours */
typedef int (*plan_rappel)(const plan_suivi *suivi, int retenu, void *contexte);

enum { PLAN_SITE = 0, PLAN_DISTANCE, PLAN_VITESSE, PLAN_SITE_SOLEIL };

plan_prevision *plan_prev_creer(int jj50);
void plan_prev_detruire(plan_prevision *prevision);
/* rend le numéro de la station, à partir de 0 */
int plan_prev_station(plan_prevision *prevision, const char *nom, double lat,
                      double lon, double alt, double site_min);
/* pas constant */
int plan_prev_position(plan_prevision *prevision, double t, const double pos[3]);
/* ordre 0 : cubique d'Hermite, sinon polynôme de Lagrange par ordre points ;
 * pos en m, vit en m/s, dans le repère terrestre */
int plan_prev_etat(const plan_prevision *prevision, double t, int ordre,
                   double pos[3], double vit[3]);
/* passages de [debut, fin] ; rend leur nombre */
int plan_prev_chercher(plan_prevision *prevision, int station, double debut,
                       double fin, int refracte);
/* tous les passages cherchés, dans l'ordre des recherches ; rend leur nombre,
 * ou le rang (à partir de 1) de celui qui a arrêté le parcours */
int plan_prev_parcourir(const plan_prevision *prevision, plan_rappel rappel,
                        void *contexte);
int plan_prev_maximum(const plan_prevision *prevision, int station, int choix,
                      double debut, double fin, double *t, double *valeur);
/* site à t, defaut hors de l'éphéméride */
double plan_prev_site(const plan_prevision *prevision, int station, double t,
                      double defaut);
/* éclipses de [debut, fin] ; rend leur nombre, nmax au plus sont écrites */
int plan_prev_eclipses(const plan_prevision *prevision, int conique, double debut,
                       double fin, double *entrees, double *sorties, int nmax);
/* rang (à partir de 1) du meilleur passage à t, 0 si aucun */
int plan_prev_choix(const plan_prevision *prevision, double t, float *poids);
/* secondes communes aux passages de rangs i et j (à partir de 0) */
double plan_prev_conflit(const plan_prevision *prevision, int i, int j);
int plan_prev_editer(const plan_prevision *prevision, char *texte, size_t lg);

plan_soleil plan_soleil_date(int jj50, double sec);
/* degrés, hPa, degrés C */
double plan_refraction(double site, double pression, double temperature);

#ifdef __cplusplus
}
#endif
#endif /* PLANNING_H */
