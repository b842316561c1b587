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

#ifdef __cplusplus
}
#endif
#endif /* CCS_H */
