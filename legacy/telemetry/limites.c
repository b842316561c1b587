/* limites.c - surveillance instantanée (la persistance est au CCS) */
#include <string.h>
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)limites.c 1.5 95/05/09 CMP TM";

tm_etat tm_situer(tm_limites limites, double valeur)
{
    if (valeur != valeur)               /* NaN */
        return TM_INVALIDE;
    if (valeur < limites.rouge_bas)
        return TM_ROUGE_BAS;
    if (valeur > limites.rouge_haut)
        return TM_ROUGE_HAUT;
    if (valeur < limites.jaune_bas)
        return TM_JAUNE_BAS;
    if (valeur > limites.jaune_haut)
        return TM_JAUNE_HAUT;
    return TM_NOMINAL;
}

/* écart à la limite jaune franchie, nul à l'intérieur */
static double ecart_limites(const tm_limites *l, double v)
{
    if (v < l->jaune_bas)
        return l->jaune_bas - v;
    if (v > l->jaune_haut)
        return v - l->jaune_haut;
    return 0.0;
}

/* table[mesures[i].numero] décrit la mesure i */
tm_bilan tm_bilan_mesures(const tm_mesure *mesures, int n,
                          const tm_parametre *table)
{
    tm_bilan b = { 0, 0, 0, 0, -1, 0.0 };
    int      i;

    for (i = 0; i < n; i++) {
        double ecart;

        switch (mesures[i].etat) {
        case TM_NOMINAL:
            b.nominaux++;
            continue;
        case TM_INVALIDE:
            b.invalides++;
            continue;
        case TM_ROUGE_BAS:
        case TM_ROUGE_HAUT:
            b.rouges++;
            break;
        default:
            b.jaunes++;
            break;
        }
        if (b.premier < 0)
            b.premier = mesures[i].numero;
        ecart = ecart_limites(&table[mesures[i].numero].limites,
                              mesures[i].physique);
        if (ecart > b.ecart_max)
            b.ecart_max = ecart;
    }
    return b;
}

/* numéro du paramètre dans la table, ou TM_ERR_INCONNU */
int tm_chercher(const char *nom)
{
    int i;

    for (i = 0; i < TM_NB_PARAMETRES; i++)
        if (strcmp(tm_table_parametres[i].nom, nom) == 0)
            return i;
    return TM_ERR_INCONNU;
}

int tm_modifier_limites(const char *nom, tm_limites limites)
{
    int numero;

    if (nom == NULL)
        return TM_ERR_POINTEUR;
    if (limites.rouge_bas > limites.jaune_bas
        || limites.jaune_bas > limites.jaune_haut
        || limites.jaune_haut > limites.rouge_haut)
        return TM_ERR_DOMAINE;
    numero = tm_chercher(nom);
    if (numero < 0)
        return numero;
    tm_table_parametres[numero].limites = limites;
    return limites.persistance < 1 ? TM_AV_BAS : TM_OK;
}

const char *tm_libelle_etat(tm_etat etat)
{
    switch (etat) {
    case TM_NOMINAL:    return "nominal";
    case TM_JAUNE_BAS:  return "jaune bas";
    case TM_JAUNE_HAUT: return "jaune haut";
    case TM_ROUGE_BAS:  return "rouge bas";
    case TM_ROUGE_HAUT: return "rouge haut";
    case TM_INVALIDE:   return "invalide";
    }
    return "?";
}
