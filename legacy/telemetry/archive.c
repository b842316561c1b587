/* archive.c - archive de la journée, par heure */
#include <math.h>
#include <string.h>
#include "sccs.h"
#include "archive.h"

static const char sccs_id[] SCCS_GARDE = "@(#)archive.c 1.3 97/02/10 CMP TM";

volatile int tm_archive_gelee = 0;

void tm_archive_vider(tm_archive *archive)
{
    memset(archive, 0, sizeof *archive);
    tm_archive_gelee = 0;
}

static int rang_serie(const tm_archive *archive, int numero)
{
    int i;

    for (i = 0; i < archive->nb; i++)
        if (archive->series[i].numero == numero)
            return i;
    return -1;
}

int tm_archive_ouvrir(tm_archive *archive, int numero)
{
    if (archive == NULL)
        return TM_ERR_POINTEUR;
    if (archive->nb >= TM_NB_SERIES)
        return TM_ERR_SYNCHRO;
    archive->series[archive->nb].numero = numero;
    return archive->nb++;
}

static void etendre(tm_extreme *e, tm_date date, float valeur)
{
    e->valeur = valeur;
    e->date = date;
}

int tm_archiver(tm_archive *archive, int numero, tm_date date, double valeur)
{
    tm_heure *h;
    int       i, heure = (int)(date.sec / 3600.0);

    if (archive == NULL)
        return TM_ERR_POINTEUR;
    if (tm_archive_gelee)
        return TM_AV_MANQUE;
    i = rang_serie(archive, numero);
    if (i < 0)
        return TM_ERR_INCONNU;
    if (heure < 0 || heure >= TM_NB_HEURES)
        return TM_ERR_DOMAINE;
    h = &archive->series[i].heures[heure];
    if (h->n == 0 || (float)valeur < h->extremes[0].valeur)
        etendre(&h->extremes[0], date, (float)valeur);
    if (h->n == 0 || (float)valeur > h->extremes[1].valeur)
        etendre(&h->extremes[1], date, (float)valeur);
    h->n++;
    h->somme += valeur;
    h->carres += valeur * valeur;
    return TM_OK;
}

tm_heure tm_archive_heure(const tm_archive *archive, int numero, int heure)
{
    tm_heure vide;
    int      i = archive == NULL ? -1 : rang_serie(archive, numero);

    if (i < 0 || heure < 0 || heure >= TM_NB_HEURES) {
        memset(&vide, 0, sizeof vide);
        return vide;
    }
    return archive->series[i].heures[heure];
}

long double tm_variance(long double somme, long double carres, int n)
{
    long double v;

    if (n < 2)
        return 0.0L;
    v = (carres - somme * somme / n) / (n - 1);
    return v > 0.0L ? v : 0.0L;
}

int tm_archive_parcourir(const tm_archive *archive,
                         int (*rappel)(int numero, int heure, const tm_heure *h,
                                       void *contexte),
                         void *contexte)
{
    int i, j, n = 0;

    if (archive == NULL || rappel == NULL)
        return TM_ERR_POINTEUR;
    for (i = 0; i < archive->nb; i++)
        for (j = 0; j < TM_NB_HEURES; j++) {
            const tm_heure *h = &archive->series[i].heures[j];

            if (h->n == 0)
                continue;
            n++;
            if (rappel(archive->series[i].numero, j, h, contexte) != 0)
                return n;
        }
    return n;
}

double tm_ecart_type(const tm_serie *serie)
{
    long double somme = 0.0L, carres = 0.0L;
    int         j, n = 0;

    for (j = 0; j < TM_NB_HEURES; j++) {
        somme += serie->heures[j].somme;
        carres += serie->heures[j].carres;
        n += serie->heures[j].n;
    }
    return sqrt((double)tm_variance(somme, carres, n));
}
