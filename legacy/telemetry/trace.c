/* trace.c - journal de bord : vers un fichier ou vers un tampon */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)trace.c 1.3 93/10/05 CMP TM";

static FILE        *sortie = NULL;
static char        *zone = NULL;
static size_t       lg_zone = 0;
static unsigned int compte = 0;         /* lignes écrites depuis le début */

void tm_trace_fichier(FILE *fichier)
{
    sortie = fichier;
    zone = NULL;
}

/* chaque ligne remplace la précédente dans le tampon */
void tm_trace_tampon(char *tampon, size_t lg)
{
    zone = tampon;
    lg_zone = lg;
    sortie = NULL;
}

static const char *prefixe(int niveau)
{
    if (niveau <= 0)
        return "INFO ";
    return niveau == 1 ? "AVERT" : "ALARM";
}

/* longueur de la ligne, ou < 0 */
int tm_trace(int niveau, const char *format, ...)
{
    char    ligne[256];
    va_list args;
    int     n;

    n = snprintf(ligne, sizeof ligne, "%04u %s ", compte + 1, prefixe(niveau));
    va_start(args, format);
    n += vsnprintf(ligne + n, sizeof ligne - (size_t)n, format, args);
    va_end(args);
    compte++;
    if (sortie != NULL)
        return fprintf(sortie, "%s\n", ligne) < 0 ? TM_ERR_POINTEUR : n;
    if (zone == NULL || lg_zone == 0)
        return TM_ERR_POINTEUR;
    strncpy(zone, ligne, lg_zone - 1);
    zone[lg_zone - 1] = '\0';
    return n;
}

unsigned int tm_trace_compte(void)
{
    return compte;
}
