/* bits.c - champs de bits, BCD, réels 1750A */
#include <math.h>
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)bits.c 1.7 94/06/30 CMP TM";

/* le champ [bit, bit+nb[ tient-il dans lg octets ? */
static int champ_valide(int lg, int bit, int nb)
{
    if (nb < 1 || nb > 32 || bit < 0)
        return TM_ERR_DOMAINE;
    if (lg < 0 || bit + nb > 8 * lg)
        return TM_ERR_LONGUEUR;
    return TM_OK;
}

/* le bit 0 est le poids fort de l'octet 0 */
int tm_extraire_bits(const unsigned char *buf, int lg, int bit, int nb,
                     unsigned int *valeur)
{
    unsigned int v = 0;
    int          etat = champ_valide(lg, bit, nb);

    if (etat != TM_OK)
        return etat;            /* *valeur n'est pas touché */
    while (nb > 0) {
        int reste = 8 - bit % 8;
        int pris = nb < reste ? nb : reste;
        unsigned int morceau = (unsigned int)buf[bit / 8] >> (reste - pris);

        v = (v << pris) | (morceau & ((1u << pris) - 1u));
        bit += pris;
        nb -= pris;
    }
    *valeur = v;
    return TM_OK;
}

int tm_inserer_bits(unsigned char *buf, int lg, int bit, int nb,
                    unsigned int valeur)
{
    int etat = champ_valide(lg, bit, nb);
    int i;

    if (etat != TM_OK)
        return etat;
    if (nb < 32 && (valeur >> nb) != 0) {
        valeur = (1u << nb) - 1u;       /* saturation */
        etat = TM_AV_TRONQUE;
    }
    for (i = 0; i < nb; i++) {
        unsigned char masque = (unsigned char)(0x80 >> ((bit + i) % 8));

        if ((valeur >> (nb - 1 - i)) & 1u)
            buf[(bit + i) / 8] |= masque;
        else
            buf[(bit + i) / 8] &= (unsigned char)~masque;
    }
    return etat;
}

/* mantisse 24 bits et exposant 8 bits, en complément à deux */
double tm_reel_1750a(unsigned int mot)
{
    int mantisse = (int)(mot >> 8);
    int exposant = (int)(mot & 0xFFu);

    if (mantisse >= 0x800000)
        mantisse -= 0x1000000;
    if (exposant >= 0x80)
        exposant -= 0x100;
    return ldexp((double)mantisse, exposant - 23);
}

unsigned int tm_coder_1750a(double x)
{
    int    exposant;
    double mantisse;
    long   entier;

    if (x == 0.0)
        return 0;
    mantisse = frexp(x, &exposant);     /* 0.5 <= |mantisse| < 1 */
    if (mantisse == -0.5) {             /* seule -1.0 est normalisée */
        mantisse = -1.0;
        exposant--;
    }
    entier = (long)floor(ldexp(mantisse, 23) + 0.5);
    if (entier == 0x800000L) {          /* arrondi vers 1.0 */
        entier = 0x400000L;
        exposant++;
    }
    return (((unsigned int)entier & 0xFFFFFFu) << 8) | ((unsigned int)exposant & 0xFFu);
}

/* un chiffre supérieur à 9 est lu tel quel et signalé */
int tm_bcd_entier(unsigned int bcd, int nb_chiffres, unsigned int *valeur)
{
    unsigned int v = 0;
    int          etat = TM_OK;
    int          i;

    if (nb_chiffres < 1 || nb_chiffres > 8)
        return TM_ERR_DOMAINE;
    for (i = nb_chiffres - 1; i >= 0; i--) {
        unsigned int chiffre = (bcd >> (4 * i)) & 0xFu;

        if (chiffre > 9)
            etat = TM_AV_TRONQUE;
        v = 10 * v + chiffre;
    }
    *valeur = v;
    return etat;
}

unsigned int tm_entier_bcd(unsigned int valeur, int nb_chiffres)
{
    unsigned int bcd = 0;
    int          i;

    for (i = 0; i < nb_chiffres && i < 8; i++) {
        bcd |= (valeur % 10) << (4 * i);
        valeur /= 10;
    }
    return bcd;
}
