/* decom.c - décommutation : des bits de la trame aux valeurs physiques */
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)decom.c 2.4 97/09/15 CMP TM";

static int etendre_signe(unsigned int v, int nb)
{
    if (nb < 32 && (v >> (nb - 1)) & 1u)
        v |= ~((1u << nb) - 1u);
    return (int)v;
}

double tm_valeur_reelle(tm_valeur brut, tm_type type, int nb_bits)
{
    unsigned int decimal = 0;

    switch (type) {
    case TM_SIGNE:
        return (double)etendre_signe(brut.u, nb_bits);
    case TM_FLOTTANT:
        return (double)brut.f;
    case TM_1750A:
        return tm_reel_1750a(brut.u);
    case TM_BCD:
        tm_bcd_entier(brut.u, nb_bits / 4, &decimal);
        return (double)decimal;
    default:
        return (double)brut.u;
    }
}

/* une mesure : valeur brute, valeur physique, situation aux limites */
tm_mesure tm_mesurer(const tm_parametre *par, int numero, unsigned int brut)
{
    tm_mesure m;
    double    reel;

    m.numero = numero;
    m.brut.u = brut;
    reel = tm_valeur_reelle(m.brut, par->type, par->nb_bits);
    if (tm_etalonner(&par->etal, reel, &m.physique) < 0) {
        m.physique = 0.0;
        m.etat = TM_INVALIDE;
    } else {
        m.etat = tm_situer(par->limites, m.physique);
    }
    return m;
}

/*
 * Rend le nombre de paramètres écrits dans mesures (0 à nb), ou une erreur.
 * Un paramètre hors du tampon est sauté : il garde son ancienne mesure.
 */
int tm_decommuter(const unsigned char *donnees, int lg,
                  const tm_parametre *table, int nb, tm_mesure *mesures,
                  tm_rappel rappel, void *contexte)
{
    int i, faits = 0;

    if (donnees == NULL || table == NULL || mesures == NULL)
        return TM_ERR_POINTEUR;
    for (i = 0; i < nb; i++) {
        unsigned int brut;

        if (tm_extraire_bits(donnees, lg, table[i].bit, table[i].nb_bits,
                             &brut) != TM_OK)
            continue;
        mesures[i] = tm_mesurer(&table[i], i, brut);
        faits++;
        if (rappel != NULL && rappel(&mesures[i], contexte) != 0)
            break;
    }
    return faits;
}
