/* flux.c - recherche des trames dans un flux d'octets de la station */
#include <stdlib.h>
#include <string.h>
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)flux.c 1.8 98/02/26 CMP TM";

struct tm_flux {
    int            capacite;
    int            presents;    /* octets non encore extraits */
    unsigned long  jetes;       /* octets sautés avant une synchro */
    unsigned char *octets;
};

tm_flux *tm_flux_creer(int capacite)
{
    tm_flux *flux;

    if (capacite < TM_LG_TRAME)
        return NULL;
    flux = malloc(sizeof *flux);
    if (flux == NULL)
        return NULL;
    flux->octets = malloc((size_t)capacite);
    if (flux->octets == NULL) {
        free(flux);
        return NULL;
    }
    flux->capacite = capacite;
    flux->presents = 0;
    flux->jetes = 0;
    return flux;
}

/* retire n octets en tête */
static void retirer(tm_flux *flux, int n)
{
    flux->presents -= n;
    memmove(flux->octets, flux->octets + n, (size_t)flux->presents);
}

/* octets acceptés, au plus n ; le flux plein n'accepte plus rien */
int tm_flux_alimenter(tm_flux *flux, const unsigned char *octets, int n)
{
    int place;

    if (flux == NULL || octets == NULL)
        return TM_ERR_POINTEUR;
    if (n < 0)
        return TM_ERR_LONGUEUR;
    place = flux->capacite - flux->presents;
    if (n > place)
        n = place;
    memcpy(flux->octets + flux->presents, octets, (size_t)n);
    flux->presents += n;
    return n;
}

/* TM_OK et une trame valide, ou TM_AV_MANQUE ; les fausses synchros sautées */
int tm_flux_extraire(tm_flux *flux, unsigned char *trame, int lg_max)
{
    if (flux == NULL || trame == NULL)
        return TM_ERR_POINTEUR;
    if (lg_max < TM_LG_TRAME)
        return TM_ERR_LONGUEUR;
    while (flux->presents >= TM_LG_TRAME) {
        if (tm_verifier_trame(flux->octets, TM_LG_TRAME) == TM_OK) {
            memcpy(trame, flux->octets, TM_LG_TRAME);
            retirer(flux, TM_LG_TRAME);
            return TM_OK;
        }
        flux->jetes++;
        retirer(flux, 1);
    }
    return TM_AV_MANQUE;
}

void tm_flux_detruire(tm_flux *flux)
{
    if (flux == NULL)
        return;
    free(flux->octets);
    free(flux);
}
