/* prevoir.c - prévision des passages sur deux stations, éclipses, Doppler */
#include <stdio.h>
#include "sccs.h"
#include "planning.h"
#include "jour.h"

static const char sccs_id[] SCCS_GARDE = "@(#)prevoir.c 1.3 00/01/17 CMP";

#define NB_ECLIPSES 20

static const char *const noms[2] = { "AUSSAGUEL", "KIRUNA" };

struct plan_prevision *prv_ouvrir(const bulletin *b)
{
    plan_prevision *p = plan_prev_creer((int)b->jj50);

    if (p == NULL)
        return NULL;
    if (plan_prev_station(p, noms[0], 43.4287, 1.4975, 262.0, 5.0) != 0
        || plan_prev_station(p, noms[1], 67.8790, 21.0380, 390.0, 5.0) != 1) {
        plan_prev_detruire(p);
        return NULL;
    }
    return p;
}

/* rappel : une ligne par passage */
static int ligne(const plan_suivi *s, int retenu, void *contexte)
{
    int *rang = contexte;

    ++*rang;
    printf("  suivi %2d %-9s %8.1f %8.1f site %6.2f distance %9.1f m doppler "
           "%8.1f Hz %s%s\n", *rang, noms[s->station], s->vue.debut, s->vue.fin,
           s->vue.site_max, s->distance_min, s->doppler_max,
           s->jour ? "jour" : "nuit", retenu ? " retenu" : "");
    return 0;
}

static void eclipses(const plan_prevision *p)
{
    double entrees[NB_ECLIPSES], sorties[NB_ECLIPSES], cyl = 0.0, con = 0.0;
    int    i, n, nc;

    n = plan_prev_eclipses(p, 0, 0.0, JOUR_S, entrees, sorties, NB_ECLIPSES);
    for (i = 0; i < n && i < NB_ECLIPSES; i++)
        cyl += sorties[i] - entrees[i];
    nc = plan_prev_eclipses(p, 1, 0.0, JOUR_S, entrees, sorties, NB_ECLIPSES);
    for (i = 0; i < nc && i < NB_ECLIPSES; i++) {
        con += sorties[i] - entrees[i];
        if (i < 3)
            printf("  eclipse %d : %8.1f %8.1f\n", i + 1, entrees[i], sorties[i]);
    }
    printf("  eclipses %d et %d, cylindre %.1f s, cones %.1f s\n", n, nc, cyl, con);
}

/* précision des deux interpolations, entre deux points de l'éphéméride */
static void interpolations(const plan_prevision *p)
{
    double a[3], b[3], v[3], ecart = 0.0;
    int    i;

    if (plan_prev_etat(p, 43215.0, 8, a, v) < 0
        || plan_prev_etat(p, 43215.0, 0, b, v) < 0)
        return;
    for (i = 0; i < 3; i++)
        ecart += (a[i] - b[i]) * (a[i] - b[i]);
    printf("  interpolation %13.3f %13.3f %13.3f vit %9.4f %9.4f %9.4f ecart2 %.2e\n",
           a[0], a[1], a[2], v[0], v[1], v[2], ecart);
}

int prv_editer(const bulletin *b, struct plan_prevision *p)
{
    char        texte[2048];
    plan_soleil s = plan_soleil_date((int)b->jj50, 43200.0);
    double      t = 0.0, site = 0.0;
    float       poids = 0.0f;
    int         i, n, rang = 0;

    printf("  soleil alpha %.5f delta %.5f distance %.0f km sideral %.5f\n", s.alpha,
           s.delta, s.distance / 1e3, s.sideral);
    for (i = 0; i < 2; i++) {
        n = plan_prev_chercher(p, i, 0.0, JOUR_S, 1);
        if (n < 0)
            return n;
        if (plan_prev_maximum(p, i, PLAN_SITE_SOLEIL, 36000.0, 50400.0, &t, &site) == 0)
            printf("  %-9s %2d passages, midi vrai %.0f s, site du Soleil %.3f "
                   "(refraction %.4f)\n", noms[i], n, t, site,
                   plan_refraction(site, 980.0, 15.0));
    }
    plan_prev_parcourir(p, ligne, &rang);
    rang = plan_prev_choix(p, 38500.0, &poids);
    printf("  a 38500 s : passage %d, poids %.1f, conflit %.1f s ; site a 90000 s %.1f\n",
           rang, poids, plan_prev_conflit(p, 1, rang - 1),
           plan_prev_site(p, 0, 90000.0, -90.0));
    eclipses(p);
    interpolations(p);
    n = plan_prev_chercher(p, 0, JOUR_S - 600.0, JOUR_S + 600.0, 0);
    if (n < 0)
        tm_trace(1, "recherche au-dela de la journee (code %d)", n);
    if (plan_prev_editer(p, texte, sizeof texte) >= 0)
        fputs(texte, stdout);
    return 0;
}
