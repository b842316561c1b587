/* jour.h - une journée de maintien à poste */
#ifndef JOUR_H
#define JOUR_H

#include <stdint.h>
#include "telemetry.h"
#include "telecommand.h"

#define PAS_ORBITE   30.0               /* s entre deux positions */
#define PAS_TM       120.0              /* s entre deux trames */
#define NB_NOEUDS    20
#define JOUR_S       86400.0
#define POUSSEE      30.0               /* N, deux tuyères */

/* bulletin : éléments circulaires moyens à 0h du jour */
typedef struct {
    char    satellite[16];
    int32_t jj50;
    double  sec;
    double  eltm[6];
    double  dadt;                       /* m/jour */
    double  fenetre;                    /* demi-fenêtre, m */
    double  ecart;                      /* m, écart de trace donné */
    int     ecart_connu;
    double  pression, temperature;      /* bar, degrés C */
    double  masse;                      /* kg */
} bulletin;

/* position de la journée : repère de Veis et repère terrestre */
typedef struct {
    double t;                           /* s depuis 0h */
    double pos[3], vit[3];              /* m, m/s */
    double ter[3];                      /* m */
} position;

typedef struct {
    int     prevue;                     /* 0 : aucune */
    int32_t jj50;
    double  sec;
    double  da, dv;                     /* m, m/s */
    double  duree;                      /* s */
} manoeuvre;

/* orbite.c */
int orb_lire(const char *fichier, bulletin *b);
int orb_avancer(bulletin *b, double jours);
int orb_demarrer(const bulletin *b);
int orb_position(const bulletin *b, double t, position *p);
void orb_editer(const bulletin *b, const position *p);
int orb_trace(const bulletin *b, manoeuvre *m);

/* servitude.c */
typedef struct servitude servitude;
servitude *srv_creer(const bulletin *b);
void srv_detruire(servitude *s);
int srv_debut_jour(servitude *s);
int srv_trame(servitude *s, const bulletin *b, const position *p);
void srv_fin_jour(servitude *s);
double srv_ergols(const servitude *s, double *pression);

/* suivi.c : le bord, suivi au sol */
typedef struct suivi suivi;
suivi *sui_creer(void);
void sui_detruire(suivi *s);
int sui_trame(suivi *s, double t, const double *ter, const tm_mesure *mesures);
int sui_editer(suivi *s);

/* archiver.c */
typedef struct archives archives;
archives *arc_creer(void);
void arc_detruire(archives *a);
void arc_trame(archives *a, tm_date date, const tm_mesure *mesures);
void arc_editer(archives *a);

/* satellite.c : le bord, simulé */
typedef struct {
    double charge;                      /* % */
    double t_bat, t_prop, t_cu;         /* degrés C */
    double brut_tbat, brut_tprop, brut_tcu, brut_pres;
    int    compteur;
    int    eclipse;
} satellite;
void sat_initialiser(satellite *s, double pression);
void sat_evoluer(satellite *s, int32_t jj50, const position *p);
int sat_mode(double t);
int sat_trame(satellite *s, int32_t jj50, const position *p,
              unsigned char *trame);

/* passages.c */
struct plan_journee;
struct plan_journee *pas_ouvrir(const bulletin *b);
int pas_editer(struct plan_journee *j, const manoeuvre *m, const bulletin *b);

/* prevoir.c */
struct plan_prevision;
struct plan_prevision *prv_ouvrir(const bulletin *b);
int prv_editer(const bulletin *b, struct plan_prevision *p);

/* commande.c */
int cmd_manoeuvre(const bulletin *b, const manoeuvre *m, double pression,
                  double ergols);

#endif
