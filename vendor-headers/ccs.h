/*
 * ccs.h - façade C du CCS (écrit en Ada, paquetage CCS_C)
 *
 * adainit() doit avoir été appelé, une fois, avant tout autre appel.
 * Convention de retour : 0 correct, > 0 avertissement, < 0 erreur.
 */
#ifndef CCS_H
#define CCS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CCS_NB_MAX 32

enum ccs_ev {
    CCS_RIEN = 0,
    CCS_SEPARATION,
    CCS_POINTAGE_ACQUIS,
    CCS_DEBUT_POUSSEE,
    CCS_FIN_POUSSEE,
    CCS_ALARME_ROUGE,
    CCS_RECONFIGURATION
};

/* produits par gnatbind */
void adainit(void);
void adafinal(void);

/* mode : voir tm_mode ; toutes les surveillances sont libérées */
int ccs_initialiser(int mode);
/* numero de 1 à CCS_NB_MAX ; persistance en nombre de mesures, >= 1 */
int ccs_fixer_bande(int numero, double bas, double haut, int persistance);
int ccs_fixer_seuil(int numero, double seuil, int haut, int persistance);
/* 0 nominal, 1 en cours de confirmation, 2 alarme, -6 mesure invalide */
int ccs_surveiller(int numero, double valeur);
/* filtre du premier ordre ; *valeur entrée et sortie */
void ccs_filtrer(int numero, double *valeur);
/* rang (1 à n) du plus grand dépassement parmi valeurs[n], 0 si aucun */
int ccs_pire(const double *valeurs, int n);
/* soumet un événement à l'automate ; rend le mode atteint */
int ccs_evenement(int ev);
int ccs_mode(void);
void ccs_bilan(int *alarmes, int *transitions, int *refus);
/* texte d'alarme dans texte[lg] ; 3 : tronqué */
int ccs_message(const char *nom, double ecart, char *texte, size_t lg);
/* tension (V) en unités de 1/128 V, saturée */
short ccs_coder_volts(double tension);

/* --- suivi de bord (paquetage CCS_Suivi) --- */
enum ccs_actionneur { CCS_MAGNETO = 0, CCS_TUYERES };
enum ccs_senseur { CCS_SOLAIRE = 0, CCS_STELLAIRE };
enum ccs_loi { CCS_COUPEE = 0, CCS_TOUT_OU_RIEN, CCS_PROPORTIONNELLE };

int ccs_suivi_initialiser(void);
/* un pas de charge ou de décharge : A, s, degrés C ; rendement en % */
int ccs_batterie_pas(double courant, double duree, double temp,
                     double *rendement);
/* fin de charge reconnue à la tension (V), après un pas : 1 */
int ccs_batterie_recaler(double tension);
/* charge en Ah, profondeur de décharge en %, autonomie en s, tension en V */
void ccs_batterie_bilan(double *charge, double *profondeur, double *autonomie,
                        double *tension_fin, int *cycles);
/* temps[n] : degrés C ; rend un bit par ligne allumée ; puissance en W */
int ccs_reguler(const double *temps, int n, double *puissance);
/* ligne à partir de 1 */
int ccs_convertir_loi(int ligne, int genre);
/* vitesses[3] en tr/mn, position[3] en m, duree en s ; norme de ce qui reste
 * (N.m.s) ; -7 : roues saturées */
int ccs_desaturer(const double *vitesses, const double *position, double duree,
                  int actionneur, double *norme);
void ccs_moment(double h[3]);
/* bruts[n] -> angles[n] en degrés ; une mesure seule hors plage : -6,
 * plusieurs : bornées ; rend n */
int ccs_etalonner(int senseur, const double *bruts, int n, double *angles);
/* mesure brute qui donne cet angle, 0 si aucune */
double ccs_mesure_brute(int senseur, double angle);
/* droite des moindres carrés de valeurs[n], lissées */
int ccs_tendance(const double *valeurs, int n, float *pente, float *residu);
/* 0 rien de nouveau, 1 fin d'alarme, 2 alarme ; numero de 1 à CCS_NB_MAX */
int ccs_hysteresis(int numero, double valeur, double bas, double haut, int n);
/* niveau : 0 information, 1 avertissement, 2 alarme ; date en s */
void ccs_noter(int niveau, double date, const char *texte);
/* nombre d'entrées de ce niveau ; texte[lg] : la dernière de toutes */
int ccs_journal(int niveau, char *texte, size_t lg);
/* senseur de 0 à 3, roues de 0 à 7, compteur de 0 à 255 ; 0 si l'un ne va pas */
unsigned short ccs_mot_etat(int senseur, int roues, int chauffage, int compteur);
/* rend l'état du senseur, -6 si le mot n'est pas bon */
int ccs_lire_etat(unsigned short mot, int *compteur);
/* trois mots par commande ; rend le motif du refus, 0 si la séquence est
 * bonne ; rang de la commande refusée, à partir de 1 */
int ccs_verifier_sequence(const unsigned short *mots, int n, int *rang, int *duree,
                          char *texte, size_t lg);

#ifdef __cplusplus
}
#endif
#endif /* CCS_H */
