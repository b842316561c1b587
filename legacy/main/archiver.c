/* archiver.c - archive de la journée : trois séries, grandeurs dérivées */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "sccs.h"
#include "archive.h"
#include "jour.h"

static const char sccs_id[] SCCS_GARDE = "@(#)archiver.c 1.2 97/02/10 CMP";

#define NB_GLISSANTE 8

struct archives {
    tm_archive  archive;
    tm_mot32    dernier;                /* dernier flux, moitiés échangées */
    double      derive_max[TM_NB_DERIVES];
    double      puissances[NB_GLISSANTE];
    int         trames;
};

static const int series[TM_NB_SERIES] = { 2, 6, 14 };

archives *arc_creer(void)
{
    archives *a = calloc(1, sizeof *a);
    int       i;

    if (a == NULL)
        return NULL;
    tm_archive_vider(&a->archive);
    for (i = 0; i < TM_NB_SERIES; i++)
        tm_archive_ouvrir(&a->archive, series[i]);
    return a;
}

void arc_detruire(archives *a)
{
    free(a);
}

void arc_trame(archives *a, tm_date date, const tm_mesure *mesures)
{
    double valeur = 0.0;
    int    i;

    for (i = 0; i < TM_NB_SERIES; i++)
        tm_archiver(&a->archive, series[i], date, mesures[series[i]].physique);
    for (i = 0; i < TM_NB_DERIVES; i++)
        if (tm_deriver(i, mesures, &valeur) == TM_OK
            && (a->trames == 0 || fabs(valeur) > fabs(a->derive_max[i])))
            a->derive_max[i] = valeur;
    a->puissances[a->trames % NB_GLISSANTE] =
        tm_corriger(tm_calcul_de("P_BAT")(mesures, (const double[4]){ 0.0, 1.0 }),
                    1, 0.985f);
    a->dernier.f = (float)mesures[15].physique;
    a->dernier = tm_permuter(a->dernier);
    a->trames++;
}

/* heure la plus basse de la première série */
static int creux(int numero, int heure, const tm_heure *h, void *contexte)
{
    double *mini = contexte;

    if (numero == series[0] && (heure == 0 || h->extremes[0].valeur < mini[0])) {
        mini[0] = h->extremes[0].valeur;
        mini[1] = h->extremes[0].date.sec;
    }
    return 0;
}

void arc_editer(archives *a)
{
    double          mini[2] = { 0.0, 0.0 };
    double _Complex z = tm_reponse(cos(0.3) + 1.0i * sin(0.3), 0.125);
    tm_heure        midi = tm_archive_heure(&a->archive, 6, 11);
    int             i, n = tm_archive_parcourir(&a->archive, creux, mini);

    printf("  archive %d heures, U_BAT creux %.4f V a %.0f s, ecarts-types", n,
           mini[0], mini[1]);
    for (i = 0; i < TM_NB_SERIES; i++)
        printf(" %.5f", tm_ecart_type(&a->archive.series[i]));
    printf("\n  T_BAT de 11h : %d mesures, variance %.5Lf, max %.3f\n", midi.n,
           tm_variance(midi.somme, midi.carres, midi.n), midi.extremes[1].valeur);
    printf("  derives");
    for (i = 0; i < TM_NB_DERIVES; i++)
        printf(" %s %.4f", tm_nom_derive(i), a->derive_max[i]);
    printf("\n  puissance glissante %.3f W, gain du filtre %.5f, flux %04X%04X\n",
           tm_moyenne_glissante(a->puissances, NB_GLISSANTE, NB_GLISSANTE - 1),
           sqrt(__real__ z * __real__ z + __imag__ z * __imag__ z),
           a->dernier.mots.fort, a->dernier.mots.faible);
    tm_archive_gelee = 1;
}
