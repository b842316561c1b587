/*
 * telemetry.h - composant TM : télémesure de servitude
 *
 * Le format de trame décrit ici est SYNTHETIQUE : aucun format réel de
 * satellite n'est public. Il n'engage que ce composant.
 *
 *   octets 0-3     synchro 1A CF FC 1D
 *   octets 4-7     identification (voir tm_entete, poids fort en tête)
 *   octets 8-13    date CDS : jour (16 bits) depuis 1958, ms (32 bits)
 *   octets 14-125  données
 *   octets 126-127 CRC-16 (0x1021, init FFFF) des octets 4 à 125
 *
 * Convention de retour, sauf mention contraire :
 *   0 correct, > 0 avertissement, < 0 erreur.
 */
#ifndef TELEMETRY_H
#define TELEMETRY_H

#include <stddef.h>
#include <stdio.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TM_LG_TRAME    128
#define TM_LG_ENTETE   14
#define TM_LG_DONNEES  112
#define TM_NB_PARAMETRES 18
#define TM_LG_DATE     32

/* codes retour */
#define TM_OK              0
#define TM_AV_VERSION      1
#define TM_AV_BAS          1
#define TM_AV_HAUT         2
#define TM_AV_TRONQUE      3
#define TM_AV_MANQUE       4
#define TM_ERR_POINTEUR   (-1)
#define TM_ERR_LONGUEUR   (-2)
#define TM_ERR_SYNCHRO    (-3)
#define TM_ERR_CRC        (-4)
#define TM_ERR_DOMAINE    (-5)
#define TM_ERR_INCONNU    (-6)

typedef enum {
    TM_MODE_LANCEMENT = 0,
    TM_MODE_ACQUISITION = 1,
    TM_MODE_NORMAL = 2,
    TM_MODE_MANOEUVRE = 3,
    TM_MODE_SURVIE = 4
} tm_mode;

typedef enum {
    TM_ENTIER = 0,              /* non signé */
    TM_SIGNE,                   /* complément à deux */
    TM_FLOTTANT,                /* IEEE 754, 32 bits */
    TM_1750A,                   /* MIL-STD-1750A, 32 bits */
    TM_BCD,                     /* décimal codé binaire */
    TM_ETAT
} tm_type;

typedef enum {
    TM_SANS = 0,
    TM_POLYNOME,
    TM_TABLE,
    TM_THERMISTANCE,
    TM_DROITE
} tm_genre;

typedef enum {
    TM_NOMINAL = 0,
    TM_JAUNE_BAS, TM_JAUNE_HAUT,
    TM_ROUGE_BAS, TM_ROUGE_HAUT,
    TM_INVALIDE
} tm_etat;

/* date bord CDS : jours depuis le 1er janvier 1958 */
typedef struct {
    unsigned short jour;
    unsigned short us;
    unsigned int   ms;
} tm_cds;

/* date CNES : jour julien 1950 et secondes dans le jour */
typedef struct {
    int    jour;
    double sec;
} tm_date;

typedef struct {
    short          annee;
    unsigned char  mois, jour, heure, minute;
    double         seconde;
} tm_calendaire;

typedef struct {
    unsigned int version   : 2;
    unsigned int satellite : 10;
    unsigned int voie      : 3;
    unsigned int qualite   : 1;
    unsigned int mode      : 4;
    unsigned int compteur  : 12;
    tm_cds       date;
} tm_entete;

/* valeur brute d'un paramètre, sur 32 bits */
typedef union {
    unsigned int  u;
    int           s;
    float         f;
    unsigned char octet[4];
} tm_valeur;

typedef struct { double x, y; } tm_point;
typedef struct { float pente, origine; } tm_droite;

typedef struct {
    tm_genre genre;
    int      n;                 /* degré, ou nombre de points */
    union {
        double          coef[4];
        const tm_point *points;
        struct { float r0, t0, beta; } therm;
        tm_droite       droite;
    } u;
} tm_etalonnage;

typedef struct {
    double rouge_bas, jaune_bas, jaune_haut, rouge_haut;
    int    persistance;
} tm_limites;

typedef struct {
    char          nom[12];
    char          unite[4];
    int           bit, nb_bits;
    tm_type       type;
    tm_etalonnage etal;
    tm_limites    limites;
} tm_parametre;

typedef struct {
    int       numero;
    tm_valeur brut;
    tm_etat   etat;
    double    physique;
} tm_mesure;

typedef struct {
    int    nominaux, jaunes, rouges, invalides;
    int    premier;             /* premier hors limites, -1 si aucun */
    double ecart_max;
} tm_bilan;

/* appelée à chaque paramètre ; retour non nul : arrêt de la décommutation */
typedef int (*tm_rappel)(const tm_mesure *mesure, void *contexte);

typedef struct tm_flux tm_flux; /* structure cachée */

/* table de décommutation, modifiable par tm_modifier_limites */
extern tm_parametre tm_table_parametres[TM_NB_PARAMETRES];

/* --- crc16.c --- */
unsigned short tm_crc16(const unsigned char *buf, size_t lg);
unsigned short tm_crc16_suite(unsigned short crc, const unsigned char *buf,
                              size_t lg);

/* --- bits.c --- */
int tm_extraire_bits(const unsigned char *buf, int lg, int bit, int nb,
                     unsigned int *valeur);
int tm_inserer_bits(unsigned char *buf, int lg, int bit, int nb,
                    unsigned int valeur);
double tm_reel_1750a(unsigned int mot);
unsigned int tm_coder_1750a(double x);
int tm_bcd_entier(unsigned int bcd, int nb_chiffres, unsigned int *valeur);
unsigned int tm_entier_bcd(unsigned int valeur, int nb_chiffres);

/* --- trame.c --- */
int tm_coder_trame(const tm_entete *entete, const unsigned char *donnees,
                   int lg, unsigned char *trame, int lg_max);
int tm_decoder_entete(const unsigned char *trame, int lg, tm_entete *entete);
int tm_verifier_trame(const unsigned char *trame, int lg);
int tm_trames_perdues(tm_entete entete);
const char *tm_libelle_mode(tm_mode mode);
bool tm_trame_exploitable(tm_entete entete, signed char voie, short sat);

/* --- datation.c --- */
tm_date tm_cds_jj50(tm_cds cds);
tm_cds tm_jj50_cds(tm_date date);
int tm_jj50_calendaire(tm_date date, tm_calendaire *cal);
int tm_calendaire_jj50(const tm_calendaire *cal, tm_date *date);
int tm_bcd_jj50(const unsigned char bcd[7], tm_date *date);
double tm_cuc_secondes(const unsigned char *cuc, unsigned char nb_gros,
                       unsigned char nb_fin);
long double tm_ecart_dates(tm_date a, tm_date b);
char *tm_texte_date(tm_date date, char *texte, size_t lg);

/* --- courbes.c --- */
double tm_polynome(const double *coef, int degre, double x);
tm_point tm_interpoler(tm_point a, tm_point b, double x);
int tm_table_lineaire(const tm_point *points, int n, double x, double *y);
float tm_thermistance(float ohms, float r0, float t0, float beta);
tm_droite tm_droite_points(tm_point a, tm_point b);
float tm_appliquer_droite(tm_droite droite, float x);

/* --- etalon.c --- */
int tm_etalonner(const tm_etalonnage *etal, double brut, double *physique);
int tm_inverser(const tm_etalonnage *etal, double bas, double haut,
                double physique, double *brut);
double tm_reservoir(double pression, double temp, double a0, double a1,
                    double a2, double b0, double b1, double b2, double c0,
                    double c1, double c2);

/* --- carte.c --- */
int tm_carte(const double *axe_x, int nx, const double *axe_y, int ny,
             const double *valeurs, double x, double y, double *z);
double tm_charge_batterie(double tension, double courant);

/* --- decom.c --- */
double tm_valeur_reelle(tm_valeur brut, tm_type type, int nb_bits);
tm_mesure tm_mesurer(const tm_parametre *par, int numero, unsigned int brut);
int tm_decommuter(const unsigned char *donnees, int lg,
                  const tm_parametre *table, int nb, tm_mesure *mesures,
                  tm_rappel rappel, void *contexte);

/* --- limites.c --- */
tm_etat tm_situer(tm_limites limites, double valeur);
tm_bilan tm_bilan_mesures(const tm_mesure *mesures, int n,
                          const tm_parametre *table);
int tm_chercher(const char *nom);
int tm_modifier_limites(const char *nom, tm_limites limites);
const char *tm_libelle_etat(tm_etat etat);

/* --- flux.c --- */
tm_flux *tm_flux_creer(int capacite);
int tm_flux_alimenter(tm_flux *flux, const unsigned char *octets, int n);
int tm_flux_extraire(tm_flux *flux, unsigned char *trame, int lg_max);
void tm_flux_detruire(tm_flux *flux);

/* --- trace.c --- */
void tm_trace_fichier(FILE *fichier);
void tm_trace_tampon(char *tampon, size_t lg);
int tm_trace(int niveau, const char *format, ...)
#ifdef __GNUC__
    __attribute__ ((format (printf, 2, 3)))
#endif
    ;
unsigned int tm_trace_compte(void);

#ifdef __cplusplus
}
#endif
#endif /* TELEMETRY_H */
