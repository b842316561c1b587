/*
 * telecommand.h - composant TM/TC : paquets de télécommande
 *
 * Format SYNTHETIQUE, dans l'esprit des paquets CCSDS :
 *   octets 0-1   version (3 bits, 0), type (1 bit, 1), en-tête de données
 *                (1 bit, 1), APID (11 bits)
 *   octets 2-3   indicateur de séquence (2 bits, 3), compteur (14 bits)
 *   octets 4-5   longueur : nombre d'octets après l'octet 5, moins un
 *   octets 6-7   service, sous-service
 *   suite        données
 *   2 derniers   somme de contrôle ISO (Fletcher modulo 255)
 */
#ifndef TELECOMMAND_H
#define TELECOMMAND_H

#include "telemetry.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TC_LG_ENTETE  8
#define TC_LG_MAX     256

typedef enum {
    TC_SERVICE_TEST = 17,
    TC_SERVICE_MEMOIRE = 6,
    TC_SERVICE_MANOEUVRE = 130
} tc_service;

/* poussée : 64 octets, passée par valeur en mémoire */
typedef struct {
    tm_date debut;
    double  duree;              /* s */
    double  dv[3];              /* m/s : tangentiel, normal, radial */
    double  debit;              /* kg/s */
    int     tuyeres;            /* masque */
} tc_poussee;

unsigned short tc_somme_iso(const unsigned char *buf, int lg);
unsigned short tc_compteur_suivant(unsigned short apid);
int tc_construire(unsigned char *paquet, int lg_max, int apid, int compteur,
                  int service, int sous_service,
                  const unsigned char *donnees, int lg, int *lg_paquet);
int tc_verifier(const unsigned char *paquet, int lg);
int tc_mot_commande(unsigned char adresse, signed char gain, short consigne,
                    unsigned int *mot);
int tc_manoeuvre(tc_poussee poussee, unsigned char *paquet, int lg_max,
                 int *lg_paquet);
size_t tc_texte(const unsigned char *paquet, int lg, char *texte, size_t max);

#ifdef __cplusplus
}
#endif
#endif /* TELECOMMAND_H */
