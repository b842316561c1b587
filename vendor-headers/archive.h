/*
 * archive.h - composant TM : grandeurs dérivées et archive de la journée
 *
 * Convention de retour : voir telemetry.h.
 */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "telemetry.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TM_NB_DERIVES   5
#define TM_NB_HEURES   24
#define TM_NB_SERIES    3

/* calcul d'une grandeur dérivée à partir des mesures d'une trame */
typedef double (*tm_calcul)(const tm_mesure *mesures, const double *coef);

typedef struct {
    char      nom[12];
    tm_calcul calcul;
    double    coef[4];
} tm_derive;

/* mot de 32 bits tel que l'échangent deux calculateurs */
typedef union {
    struct { unsigned short faible, fort; } mots;
    unsigned int  u;
    float         f;
    unsigned char octets[4];
} tm_mot32;

typedef struct {
    float   valeur;
    tm_date date;
} tm_extreme;

/* une heure d'une série ; extremes : le plus petit, le plus grand */
typedef struct {
    int         n;
    double      somme, carres;
    tm_extreme  extremes[2];
} tm_heure;

typedef struct {
    int      numero;
    tm_heure heures[TM_NB_HEURES];
} tm_serie;

typedef struct {
    tm_serie series[TM_NB_SERIES];
    int      nb;
} tm_archive;

/* non nul : l'archive n'est plus alimentée (posé par la commande d'arrêt) */
extern volatile int tm_archive_gelee;

/* --- derives.c --- */
/* adresse du calcul, NULL si le nom n'est pas connu */
tm_calcul tm_calcul_de(const char *nom);
int tm_deriver(int rang, const tm_mesure *mesures, double *valeur);
const char *tm_nom_derive(int rang);
/* vitesses de quatre roues en pyramide -> trois axes */
void tm_projeter(const double m[3][4], const double v[4], double r[3]);
tm_mot32 tm_permuter(tm_mot32 mot);
double _Complex tm_reponse(double _Complex z, double gain);
/* ancienne forme : gain, un float, est reçu en double */
double tm_corriger(double x, int rang, double gain);
double tm_moyenne_glissante(double *v, int n, int rang);

/* --- archive.c --- */
void tm_archive_vider(tm_archive *archive);
/* rend le rang de la série, -3 s'il n'y a plus de place */
int tm_archive_ouvrir(tm_archive *archive, int numero);
int tm_archiver(tm_archive *archive, int numero, tm_date date, double valeur);
/* heure de la série, vide si elle n'existe pas */
tm_heure tm_archive_heure(const tm_archive *archive, int numero, int heure);
long double tm_variance(long double somme, long double carres, int n);
/* parcours de toutes les heures remplies, dans l'ordre ; rend leur nombre */
int tm_archive_parcourir(const tm_archive *archive,
                         int (*rappel)(int numero, int heure, const tm_heure *h,
                                       void *contexte),
                         void *contexte);
/* écart-type d'une série sur la journée */
double tm_ecart_type(const tm_serie *serie);

#ifdef __cplusplus
}
#endif
#endif /* ARCHIVE_H */
