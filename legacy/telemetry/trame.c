/* trame.c - en-tête et contrôle des trames de servitude (format synthétique) */
#include <string.h>
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)trame.c 2.1 95/01/17 CMP TM";

#define LG_UTILE  (TM_LG_TRAME - 2)
#define VERSION   1
#define CYCLE     4096          /* compteur sur 12 bits */

static const unsigned char synchro[4] = { 0x1A, 0xCF, 0xFC, 0x1D };

/* dernier compteur reçu par voie : état du composant */
static int dernier_compteur[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };

static void ranger_u32(unsigned char *p, unsigned int v)
{
    p[0] = (unsigned char)(v >> 24);
    p[1] = (unsigned char)(v >> 16);
    p[2] = (unsigned char)(v >> 8);
    p[3] = (unsigned char)v;
}

static unsigned int lire_u32(const unsigned char *p)
{
    return (unsigned int)p[0] << 24 | (unsigned int)p[1] << 16
        | (unsigned int)p[2] << 8 | (unsigned int)p[3];
}

static unsigned int assembler(const tm_entete *e)
{
    return e->version << 30 | e->satellite << 20 | e->voie << 17
        | e->qualite << 16 | e->mode << 12 | e->compteur;
}

/* écrit TM_LG_TRAME octets dans trame ; données complétées par 0x55 */
int tm_coder_trame(const tm_entete *entete, const unsigned char *donnees,
                   int lg, unsigned char *trame, int lg_max)
{
    unsigned short crc;
    int            etat = TM_OK;

    if (entete == NULL || donnees == NULL || trame == NULL)
        return TM_ERR_POINTEUR;
    if (lg < 0 || lg_max < TM_LG_TRAME)
        return TM_ERR_LONGUEUR;
    if (lg > TM_LG_DONNEES) {
        lg = TM_LG_DONNEES;
        etat = TM_AV_TRONQUE;
    }
    memcpy(trame, synchro, sizeof synchro);
    ranger_u32(trame + 4, assembler(entete));
    trame[8] = (unsigned char)(entete->date.jour >> 8);
    trame[9] = (unsigned char)entete->date.jour;
    ranger_u32(trame + 10, entete->date.ms);
    memset(trame + TM_LG_ENTETE, 0x55, TM_LG_DONNEES);
    memcpy(trame + TM_LG_ENTETE, donnees, (size_t)lg);
    crc = tm_crc16(trame + 4, LG_UTILE - 4);
    trame[LG_UTILE] = (unsigned char)(crc >> 8);
    trame[LG_UTILE + 1] = (unsigned char)crc;
    return etat;
}

int tm_decoder_entete(const unsigned char *trame, int lg, tm_entete *entete)
{
    unsigned int mot;

    if (trame == NULL || entete == NULL)
        return TM_ERR_POINTEUR;
    if (lg < TM_LG_ENTETE)
        return TM_ERR_LONGUEUR;
    if (memcmp(trame, synchro, sizeof synchro) != 0)
        return TM_ERR_SYNCHRO;
    mot = lire_u32(trame + 4);
    entete->version = mot >> 30;
    entete->satellite = (mot >> 20) & 0x3FF;
    entete->voie = (mot >> 17) & 0x7;
    entete->qualite = (mot >> 16) & 0x1;
    entete->mode = (mot >> 12) & 0xF;
    entete->compteur = mot & 0xFFF;
    entete->date.jour = (unsigned short)(trame[8] << 8 | trame[9]);
    entete->date.us = 0;
    entete->date.ms = lire_u32(trame + 10);
    return entete->version == VERSION ? TM_OK : TM_AV_VERSION;
}

int tm_verifier_trame(const unsigned char *trame, int lg)
{
    unsigned short attendu;

    if (trame == NULL)
        return TM_ERR_POINTEUR;
    if (lg != TM_LG_TRAME)
        return TM_ERR_LONGUEUR;
    if (memcmp(trame, synchro, sizeof synchro) != 0)
        return TM_ERR_SYNCHRO;
    attendu = (unsigned short)(trame[LG_UTILE] << 8 | trame[LG_UTILE + 1]);
    return tm_crc16(trame + 4, LG_UTILE - 4) == attendu ? TM_OK : TM_ERR_CRC;
}

/* nombre de trames perdues depuis la précédente de la même voie */
int tm_trames_perdues(tm_entete entete)
{
    int precedent = dernier_compteur[entete.voie];
    int perdues = 0;

    if (precedent >= 0)
        perdues = ((int)entete.compteur - precedent - 1 + CYCLE) % CYCLE;
    dernier_compteur[entete.voie] = entete.compteur;
    return perdues;
}

const char *tm_libelle_mode(tm_mode mode)
{
    static const char *const libelles[] = {
        "LANCEMENT", "ACQUISITION", "NORMAL", "MANOEUVRE", "SURVIE"
    };

    if ((int)mode < 0 || (int)mode > (int)TM_MODE_SURVIE)
        return "INCONNU";
    return libelles[mode];
}

/* voie négative : toutes ; sat nul : tous */
bool tm_trame_exploitable(tm_entete entete, signed char voie, short sat)
{
    if (voie >= 0 && entete.voie != (unsigned int)voie)
        return false;
    if (sat != 0 && (short)entete.satellite != sat)
        return false;
    return entete.qualite == 0;
}
