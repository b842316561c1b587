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

#ifdef __cplusplus
}
#endif
#endif /* PLANNING_H */
