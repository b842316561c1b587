/* passages.c - passages sur Aussaguel et agenda de la journée */
#include <stdio.h>
#include "sccs.h"
#include "planning.h"
#include "jour.h"

static const char sccs_id[] SCCS_GARDE = "@(#)passages.c 1.2 99/04/12 CMP";

/* Aussaguel, près de Toulouse ; masque d'horizon par secteur de 45 degrés */
#define LATITUDE   43.4287
#define LONGITUDE   1.4975
#define ALTITUDE  262.0
#define SITE_MIN    5.0
static const double masque[8] = { 3.0, 4.0, 5.5, 6.0, 6.5, 5.0, 4.0, 3.0 };

struct plan_journee *pas_ouvrir(const bulletin *b)
{
    char          titre[64];
    plan_journee *j;

    sprintf(titre, "AGENDA %.15s jour %d", b->satellite, (int)b->jj50);
    j = plan_creer(titre);
    if (j != NULL && plan_station(j, "AUSSAGUEL", LATITUDE, LONGITUDE, ALTITUDE,
                                  SITE_MIN, masque, 8) < 0) {
        plan_detruire(j);
        return NULL;
    }
    return j;
}

static void placer(plan_journee *j, double debut, double duree,
                   const char *nom, int priorite)
{
    double retard = 0.0;
    int    etat = plan_placer(j, debut, duree, nom, priorite, &retard);

    if (etat == PLAN_AV_RETARD)
        tm_trace(1, "%s retardee de %.0f s", nom, retard);
    else if (etat < 0)
        tm_trace(2, "%s refusee (code %d)", nom, etat);
}

/* clôt la journée ; rend le nombre de passages */
int pas_editer(struct plan_journee *j, const manoeuvre *m, const bulletin *b)
{
    char     texte[4096];
    plan_vue vue;
    int      i, n = plan_clore(j);

    for (i = 0; i < n; i++) {
        if (plan_passage(j, i, &vue) != PLAN_OK)
            continue;
        printf("  passage %d : %8.1f %8.1f culmination %8.1f site %6.2f\n",
               i + 1, vue.debut, vue.fin, vue.culmination, vue.site_max);
        placer(j, vue.debut, vue.fin - vue.debut, "RECEPTION TM", 1);
    }
    placer(j, 30600.0, 1800.0, "RESTITUTION D'ORBITE", 2);
    placer(j, 31200.0, 900.0, "BULLETIN", 3);
    if (m->prevue && m->jj50 == b->jj50)
        placer(j, m->sec, m->duree, "MANOEUVRE", 1);
    placer(j, 57600.0, 600.0, "ETALONNAGE POUSSEE", 1);
    placer(j, 57900.0, 600.0, "ESSAI TC", 1);
    placer(j, 86000.0, 900.0, "SAUVEGARDE", 4);
    if (plan_editer(j, texte, sizeof texte) >= 0)
        fputs(texte, stdout);
    return n;
}
