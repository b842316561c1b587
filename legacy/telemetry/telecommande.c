/* telecommande.c - construction et contrôle des paquets (format synthétique) */
#include <stdio.h>
#include <string.h>
#include "sccs.h"
#include "telecommand.h"

static const char sccs_id[] SCCS_GARDE = "@(#)telecommande.c 2.2 98/07/01 CMP TC";

#define NB_APID       8
#define APID_PF       0x0A2     /* plate-forme */
#define LG_POUSSEE    23

static unsigned short compteurs[NB_APID];

/* somme de Fletcher modulo 255, telle que la somme du paquet soit nulle */
unsigned short tc_somme_iso(const unsigned char *buf, int lg)
{
    unsigned int c0 = 0xFF, c1 = 0xFF, ck1, ck2;

    while (lg-- > 0) {
        c0 += *buf++;
        if (c0 >= 0xFF)
            c0 -= 0xFF;
        c1 += c0;
        if (c1 >= 0xFF)
            c1 -= 0xFF;
    }
    ck1 = 0xFF - (c0 + c1) % 0xFF;      /* 1 à 255 */
    ck2 = c1 % 0xFF == 0 ? 0xFF : c1;
    return (unsigned short)(ck1 << 8 | ck2);
}

/* compteur de séquence suivant de l'APID, sur 14 bits */
unsigned short tc_compteur_suivant(unsigned short apid)
{
    unsigned short *compteur = &compteurs[apid % NB_APID];
    unsigned short  courant = *compteur;

    *compteur = (unsigned short)((courant + 1) & 0x3FFF);
    return courant;
}

/* paquet de TC_LG_ENTETE + lg + 2 octets dans paquet */
int tc_construire(unsigned char *paquet, int lg_max, int apid, int compteur,
                  int service, int sous_service,
                  const unsigned char *donnees, int lg, int *lg_paquet)
{
    unsigned short somme;
    int            total = TC_LG_ENTETE + lg + 2;

    if (paquet == NULL || lg_paquet == NULL || (donnees == NULL && lg > 0))
        return TM_ERR_POINTEUR;
    if (lg < 0 || total > lg_max || total > TC_LG_MAX)
        return TM_ERR_LONGUEUR;
    if (apid < 0 || apid > 0x7FF || service < 0 || service > 255
        || sous_service < 0 || sous_service > 255)
        return TM_ERR_DOMAINE;
    paquet[0] = (unsigned char)(0x18 | apid >> 8);
    paquet[1] = (unsigned char)apid;
    paquet[2] = (unsigned char)(0xC0 | ((compteur >> 8) & 0x3F));
    paquet[3] = (unsigned char)compteur;
    paquet[4] = (unsigned char)((total - 7) >> 8);
    paquet[5] = (unsigned char)(total - 7);
    paquet[6] = (unsigned char)service;
    paquet[7] = (unsigned char)sous_service;
    if (lg > 0)
        memcpy(paquet + TC_LG_ENTETE, donnees, (size_t)lg);
    somme = tc_somme_iso(paquet, total - 2);
    paquet[total - 2] = (unsigned char)(somme >> 8);
    paquet[total - 1] = (unsigned char)somme;
    *lg_paquet = total;
    return compteur < 0 || compteur > 0x3FFF ? TM_AV_TRONQUE : TM_OK;
}

/* les deux sommes de Fletcher du paquet entier doivent être nulles */
int tc_verifier(const unsigned char *paquet, int lg)
{
    unsigned int c0 = 0xFF, c1 = 0xFF;
    int          i;

    if (paquet == NULL)
        return TM_ERR_POINTEUR;
    if (lg < TC_LG_ENTETE + 2 || lg != (paquet[4] << 8 | paquet[5]) + 7)
        return TM_ERR_LONGUEUR;
    for (i = 0; i < lg; i++) {
        c0 = (c0 + paquet[i]) % 0xFF;
        c1 = (c1 + c0) % 0xFF;
    }
    if (c0 != 0 || c1 != 0 || paquet[lg - 2] == 0 || paquet[lg - 1] == 0)
        return TM_ERR_CRC;
    return (paquet[0] & 0xE0) == 0 ? TM_OK : TM_AV_VERSION;
}

/* adresse, gain signé sur 6 bits, consigne signée, parité impaire en tête */
int tc_mot_commande(unsigned char adresse, signed char gain, short consigne,
                    unsigned int *mot)
{
    unsigned int m, parite;
    int          etat = TM_OK;

    if (mot == NULL)
        return TM_ERR_POINTEUR;
    if (gain < -32 || gain > 31) {
        gain = (signed char)(gain < 0 ? -32 : 31);
        etat = TM_AV_TRONQUE;
    }
    m = (unsigned int)adresse << 22 | ((unsigned int)gain & 0x3Fu) << 16
        | ((unsigned int)consigne & 0xFFFFu);
    parite = m ^ m >> 16;
    parite ^= parite >> 8;
    parite ^= parite >> 4;
    parite ^= parite >> 2;
    parite ^= parite >> 1;
    *mot = m | (~parite & 1u) << 31;
    return etat;
}

static void ranger(unsigned char *p, int nb, unsigned int v)
{
    while (nb-- > 0) {
        p[nb] = (unsigned char)v;
        v >>= 8;
    }
}

/* télécommande de poussée : date CDS, durée, incréments en réels 1750A */
int tc_manoeuvre(tc_poussee poussee, unsigned char *paquet, int lg_max,
                 int *lg_paquet)
{
    unsigned char donnees[LG_POUSSEE];
    tm_cds        cds;
    int           i;

    if (poussee.duree <= 0.0 || poussee.duree > 6000.0
        || poussee.tuyeres < 0 || poussee.tuyeres > 0xFF)
        return TM_ERR_DOMAINE;
    cds = tm_jj50_cds(poussee.debut);
    ranger(donnees, 2, cds.jour);
    ranger(donnees + 2, 4, cds.ms);
    ranger(donnees + 6, 4, tm_coder_1750a(poussee.duree));
    for (i = 0; i < 3; i++)
        ranger(donnees + 10 + 4 * i, 4, tm_coder_1750a(poussee.dv[i]));
    donnees[22] = (unsigned char)poussee.tuyeres;
    return tc_construire(paquet, lg_max, APID_PF,
                         tc_compteur_suivant(APID_PF), TC_SERVICE_MANOEUVRE, 1,
                         donnees, LG_POUSSEE, lg_paquet);
}

/* octets en hexadécimal ; rend la longueur de la chaîne, sans le nul */
size_t tc_texte(const unsigned char *paquet, int lg, char *texte, size_t max)
{
    static const char chiffres[] = "0123456789ABCDEF";
    size_t            n = 0;

    if (texte == NULL || max == 0)
        return 0;
    while (lg-- > 0 && n + 3 <= max) {
        texte[n++] = chiffres[*paquet >> 4];
        texte[n++] = chiffres[*paquet++ & 0x0F];
    }
    texte[n] = '\0';
    return n;
}
