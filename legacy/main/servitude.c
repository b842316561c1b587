/* servitude.c - chaîne de servitude : trames, décommutation, CCS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sccs.h"
#include "ccs.h"
#include "flight_dynamics.h"
#include "jour.h"

static const char sccs_id[] SCCS_GARDE = "@(#)servitude.c 2.0 98/10/12 CMP";

#define CADENCE_EDITION 90              /* une ligne toutes les 3 heures */
#define NB_JAUGE        8               /* points de jaugeage par jour */
#define TRAME_ABIMEE    333             /* une trame par jour, sur la ligne */

struct servitude {
    satellite bord;
    tm_flux  *flux;
    tm_mesure mesures[TM_NB_PARAMETRES];
    int       etats[TM_NB_PARAMETRES];  /* dernier retour de ccs_surveiller */
    int       trames, perdues, rejetees, decommutees;
    int       jaunes, rouges;
    int       dernier_mode;
    double    charge_min;
    int32_t   nb_jauge;
    float     pres[NB_JAUGE], temp[NB_JAUGE];
    tm_date   date;
    suivi    *suivi;                    /* ceux du jour */
    archives *archives;
    double    ter[3];                   /* m, repère terrestre */
};

servitude *srv_creer(const bulletin *b)
{
    servitude *s = calloc(1, sizeof *s);

    if (s == NULL)
        return NULL;
    sat_initialiser(&s->bord, b->pression);
    s->flux = tm_flux_creer(4 * TM_LG_TRAME);
    if (s->flux == NULL) {
        free(s);
        return NULL;
    }
    tm_trace_fichier(stdout);
    return s;
}

void srv_detruire(servitude *s)
{
    if (s == NULL)
        return;
    tm_flux_detruire(s->flux);
    sui_detruire(s->suivi);
    arc_detruire(s->archives);
    free(s);
}

/* surveillances du CCS d'après la table de décommutation */
int srv_debut_jour(servitude *s)
{
    tm_limites charge = { 22.5, 24.5, 33.5, 36.0, 3 };
    int        i, etat;

    etat = ccs_initialiser(TM_MODE_ACQUISITION);
    if (etat < 0)
        return etat;
    etat = tm_modifier_limites("U_BAT", charge);
    if (etat < 0)
        return etat;
    for (i = 0; i < TM_NB_PARAMETRES; i++) {
        const tm_parametre *par = &tm_table_parametres[i];

        etat = ccs_fixer_bande(i + 1, par->limites.jaune_bas,
                               par->limites.jaune_haut,
                               par->limites.persistance);
        if (etat < 0)
            return etat;
        s->etats[i] = 0;
    }
    s->trames = s->perdues = s->rejetees = s->decommutees = 0;
    s->jaunes = s->rouges = 0;
    s->nb_jauge = 0;
    s->dernier_mode = TM_MODE_ACQUISITION;
    s->charge_min = 100.0;
    sui_detruire(s->suivi);
    s->suivi = sui_creer();
    arc_detruire(s->archives);
    s->archives = arc_creer();
    return s->suivi == NULL || s->archives == NULL ? TM_ERR_POINTEUR : TM_OK;
}

static void tracer_alarme(const servitude *s, const tm_mesure *m, int etat)
{
    const tm_parametre *par = &tm_table_parametres[m->numero];
    char                date[TM_LG_DATE], texte[48];
    double              ecart;

    tm_texte_date(s->date, date, sizeof date);
    if (etat == 2) {
        ecart = m->physique > par->limites.jaune_haut
            ? m->physique - par->limites.jaune_haut
            : par->limites.jaune_bas - m->physique;
        ccs_message(par->nom, ecart, texte, sizeof texte);
        tm_trace(2, "%s %s (%s, %.3f %s)", date, texte,
                 tm_libelle_etat(m->etat), m->physique, par->unite);
    } else {
        tm_trace(0, "%s %s retour au nominal", date, par->nom);
    }
}

/* rappel de tm_decommuter : confirmation par le CCS */
static int surveiller(const tm_mesure *m, void *contexte)
{
    servitude *s = contexte;
    int        etat = ccs_surveiller(m->numero + 1, m->physique);

    if (m->etat >= TM_ROUGE_BAS)
        s->rouges++;
    else if (m->etat != TM_NOMINAL)
        s->jaunes++;
    if ((etat == 2) != (s->etats[m->numero] == 2))
        tracer_alarme(s, m, etat);
    s->etats[m->numero] = etat;
    return 0;
}

/* le CCS suit le mode annoncé par le bord */
static void suivre_mode(servitude *s, int mode)
{
    int ev = CCS_RIEN, atteint;

    if (mode == s->dernier_mode)
        return;
    if (mode == TM_MODE_NORMAL)
        ev = s->dernier_mode == TM_MODE_MANOEUVRE ? CCS_FIN_POUSSEE
                                                  : CCS_POINTAGE_ACQUIS;
    else if (mode == TM_MODE_MANOEUVRE)
        ev = CCS_DEBUT_POUSSEE;
    atteint = ccs_evenement(ev);
    tm_trace(atteint == mode ? 0 : 1, "mode %s",
             tm_libelle_mode((tm_mode)atteint));
    s->dernier_mode = mode;
}

static void editer(const servitude *s)
{
    double physiques[TM_NB_PARAMETRES];
    char   date[TM_LG_DATE];
    int    i, pire;
    tm_bilan b = tm_bilan_mesures(s->mesures, TM_NB_PARAMETRES,
                                  tm_table_parametres);

    for (i = 0; i < TM_NB_PARAMETRES; i++)
        physiques[i] = s->mesures[i].physique;
    pire = ccs_pire(physiques, TM_NB_PARAMETRES);
    printf("  %s %6.2fV %6.2fA %5.1f%% %5.1fC %5.1fC %8.5fdeg nom %2d pire %s\n",
           tm_texte_date(s->date, date, sizeof date),
           s->mesures[2].physique, s->mesures[3].physique,
           tm_charge_batterie(s->mesures[2].physique, s->mesures[3].physique),
           s->mesures[6].physique, s->mesures[7].physique,
           s->mesures[14].physique, b.nominaux,
           pire > 0 ? tm_table_parametres[pire - 1].nom : "-");
}

/* point de jaugeage : pression et température du réservoir */
static void retenir(servitude *s)
{
    if (s->nb_jauge >= NB_JAUGE)
        return;
    s->pres[s->nb_jauge] = (float)s->mesures[8].physique;
    s->temp[s->nb_jauge] = (float)s->mesures[7].physique;
    s->nb_jauge++;
}

static void decommuter(servitude *s, const unsigned char *trame)
{
    tm_entete entete;
    double    charge;
    tm_date   date;

    if (tm_decoder_entete(trame, TM_LG_TRAME, &entete) < 0
        || !tm_trame_exploitable(entete, 0, 0)) {
        s->rejetees++;
        return;
    }
    date = tm_cds_jj50(entete.date);
    if (s->trames > 0 && tm_ecart_dates(date, s->date) <= 0.0L)
        tm_trace(1, "trame %d non datee", s->trames);
    s->date = date;
    s->perdues += tm_trames_perdues(entete);
    suivre_mode(s, (int)entete.mode);
    s->decommutees += tm_decommuter(trame + TM_LG_ENTETE, TM_LG_DONNEES,
                                    tm_table_parametres, TM_NB_PARAMETRES,
                                    s->mesures, surveiller, s);
    charge = tm_charge_batterie(s->mesures[2].physique,
                                s->mesures[3].physique);
    ccs_filtrer(3, &charge);
    if (s->trames > 10 && charge < s->charge_min)
        s->charge_min = charge;
    sui_trame(s->suivi, date.sec, s->ter, s->mesures);
    arc_trame(s->archives, date, s->mesures);
    if (s->trames % CADENCE_EDITION == 0) {
        editer(s);
        retenir(s);
    }
    s->trames++;
}

/* une trame du bord : passe par la ligne, ressort du flux, est exploitée */
int srv_trame(servitude *s, const bulletin *b, const position *p)
{
    unsigned char trame[TM_LG_TRAME];
    int           etat;

    memcpy(s->ter, p->ter, sizeof s->ter);
    sat_evoluer(&s->bord, b->jj50, p);
    etat = sat_trame(&s->bord, b->jj50, p, trame);
    if (etat < 0)
        return etat;
    if (s->trames == TRAME_ABIMEE && s->rejetees == 0) {
        trame[77] ^= 0x10;
        s->rejetees++;
    }
    if (tm_flux_alimenter(s->flux, trame, TM_LG_TRAME) != TM_LG_TRAME)
        return TM_ERR_LONGUEUR;
    while (tm_flux_extraire(s->flux, trame, TM_LG_TRAME) == TM_OK)
        decommuter(s, trame);
    return TM_OK;
}

/* ergols restants (kg) par jaugeage, et dernière pression ; < 0 si échec */
double srv_ergols(const servitude *s, double *pression)
{
    int32_t retenus[NB_JAUGE], ier = 0;
    float   ergols = 0.0f;

    *pression = s->mesures[8].physique;
    jauge_(&s->nb_jauge, s->pres, s->temp, retenus, &ergols, &ier);
    return ier < 0 ? (double)ier : (double)ergols;
}

void srv_fin_jour(servitude *s)
{
    int alarmes, transitions, refus;

    ccs_bilan(&alarmes, &transitions, &refus);
    printf("  trames %d, rejetees %d, perdues %d, mesures %d\n", s->trames,
           s->rejetees, s->perdues, s->decommutees);
    printf("  hors limites : %d jaunes, %d rouges ; %d alarmes, "
           "%d transitions, %d refus\n", s->jaunes, s->rouges, alarmes,
           transitions, refus);
    printf("  U_BAT code bord %d, charge minimale filtree %.2f %%\n",
           ccs_coder_volts(s->mesures[2].physique), s->charge_min);
    sui_editer(s->suivi);
    arc_editer(s->archives);
    printf("  mode %s, %u lignes de trace\n",
           tm_libelle_mode((tm_mode)ccs_mode()), tm_trace_compte());
}
