/*
 * cmp_day.c - une journée de maintien à poste
 *
 *   cmp_day FICHIER
 *   cmp_day --loop FICHIER [--period-ms N] [--days N]
 *
 * Avec --loop, un jour après l'autre, séparés d'une pause ; SIGTERM et
 * SIGINT arrêtent entre deux jours. Statut : 0 correct, 1 calcul impossible,
 * 2 ligne de commande.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "sccs.h"
#include "ccs.h"
#include "planning.h"
#include "jour.h"

static const char sccs_id[] SCCS_GARDE = "@(#)cmp_day.c 3.1 99/04/12 CMP";

typedef struct {
    const char *fichier;
    int         boucle;
    long        periode;                /* ms */
    long        jours;                  /* 0 : sans fin */
} options;

static volatile sig_atomic_t arret = 0;

static void demander_arret(int signal)
{
    (void)signal;
    arret = 1;
}

static void installer_signaux(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = demander_arret;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

/* attente découpée : l'arrêt est pris en compte sans délai */
static void attendre(long ms)
{
    struct timespec t;

    while (ms > 0 && !arret) {
        long pas = ms < 50 ? ms : 50;

        t.tv_sec = 0;
        t.tv_nsec = pas * 1000000L;
        nanosleep(&t, NULL);
        ms -= pas;
    }
}

static int lire_options(int argc, char **argv, options *o)
{
    int i;

    memset(o, 0, sizeof *o);
    o->periode = 1000;
    o->jours = 0;
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--loop") == 0)
            o->boucle = 1;
        else if (strcmp(argv[i], "--period-ms") == 0 && i + 1 < argc)
            o->periode = atol(argv[++i]);
        else if (strcmp(argv[i], "--days") == 0 && i + 1 < argc)
            o->jours = atol(argv[++i]);
        else if (argv[i][0] != '-' && o->fichier == NULL)
            o->fichier = argv[i];
        else
            return -1;
    }
    if (!o->boucle)
        o->jours = 1;
    return o->fichier == NULL || o->periode < 0 || o->jours < 0 ? -1 : 0;
}

/* positions et trames de la journée ; les bulletins toutes les six heures */
static int derouler(const bulletin *b, servitude *s, struct plan_journee *j,
                    struct plan_prevision *v)
{
    position p;
    int      k, etat;

    for (k = 0; k * PAS_ORBITE <= JOUR_S; k++) {
        double t = k * PAS_ORBITE;

        etat = orb_position(b, t, &p);
        if (etat < 0)
            return etat;
        if (plan_position(j, t, p.ter) < 0 || plan_prev_position(v, t, p.ter) < 0)
            return TM_ERR_DOMAINE;
        if (k % 720 == 0)
            orb_editer(b, &p);
        if (t < JOUR_S && k % (int)(PAS_TM / PAS_ORBITE) == 0
            && (etat = srv_trame(s, b, &p)) < 0)
            return etat;
    }
    return TM_OK;
}

static int journee(long numero, const bulletin *b, servitude *s)
{
    struct plan_journee   *j = pas_ouvrir(b);
    struct plan_prevision *v = prv_ouvrir(b);
    manoeuvre              m;
    double                 pression, ergols;
    int                    etat;

    if (j == NULL || v == NULL) {
        plan_detruire(j);
        plan_prev_detruire(v);
        return TM_ERR_POINTEUR;
    }
    printf("=== JOUR %ld (jj50 %d) %.15s ===\n", numero, (int)b->jj50,
           b->satellite);
    memset(&m, 0, sizeof m);
    etat = srv_debut_jour(s);
    if (etat >= 0)
        etat = orb_trace(b, &m);
    if (etat >= 0)
        etat = orb_demarrer(b);
    if (etat >= 0)
        etat = derouler(b, s, j, v);
    if (etat >= 0) {
        srv_fin_jour(s);
        pas_editer(j, &m, b);
        prv_editer(b, v);
        ergols = srv_ergols(s, &pression);
        if (m.prevue)
            etat = cmd_manoeuvre(b, &m, pression, ergols);
    }
    plan_detruire(j);
    plan_prev_detruire(v);
    fflush(stdout);
    return etat;
}

static int executer(const options *o)
{
    bulletin   b;
    servitude *s;
    long       n;
    int        etat = orb_lire(o->fichier, &b);

    if (etat < 0) {
        fprintf(stderr, "cmp_day: %s illisible (code %d)\n", o->fichier, etat);
        return 1;
    }
    s = srv_creer(&b);
    if (s == NULL)
        return 1;
    for (n = 1; !arret && etat >= 0 && (o->jours == 0 || n <= o->jours); n++) {
        if (n > 1) {
            attendre(o->periode);
            if (arret)
                break;
            etat = orb_avancer(&b, 1.0);
        }
        if (etat >= 0)
            etat = journee(n, &b, s);
    }
    srv_detruire(s);
    if (etat < 0)
        fprintf(stderr, "cmp_day: journee abandonnee (code %d)\n", etat);
    else
        printf("=== FIN apres %ld jour(s) ===\n", n - 1);
    return etat < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
    options o;
    int     statut;

    if (lire_options(argc, argv, &o) < 0) {
        fprintf(stderr, "usage: cmp_day [--loop] FICHIER [--period-ms N] "
                "[--days N]\n");
        return 2;
    }
    if (o.boucle)
        installer_signaux();
    adainit();
    statut = executer(&o);
    adafinal();
    return statut;
}
