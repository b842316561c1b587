/* suivi.c - suivi au sol de la batterie, de la thermique et des roues */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "sccs.h"
#include "ccs.h"
#include "jour.h"

static const char sccs_id[] SCCS_GARDE = "@(#)suivi.c 1.4 99/10/04 CMP";

#define NB_POINTS  24                   /* une température par heure */
#define NB_ANGLES  3

struct suivi {
    int    trames, compteur;
    double puissance_max, energie;      /* W, W.h */
    double rendement_min;
    int    recalages;
    double norme, norme_max;            /* N.m.s */
    double temp[NB_POINTS];
    int    nb_temp;
    int    mots_bons;
    double angles[NB_ANGLES];
};

suivi *sui_creer(void)
{
    suivi *s = calloc(1, sizeof *s);

    if (s == NULL || ccs_suivi_initialiser() < 0) {
        free(s);
        return NULL;
    }
    s->rendement_min = 100.0;
    return s;
}

void sui_detruire(suivi *s)
{
    free(s);
}

static void energie(suivi *s, double t, const tm_mesure *m)
{
    double rendement = 100.0, puissance = 0.0, temp[3];
    int    lignes;

    ccs_batterie_pas(m[3].physique, PAS_TM, m[6].physique, &rendement);
    s->recalages += ccs_batterie_recaler(m[2].physique);
    if (rendement < s->rendement_min)
        s->rendement_min = rendement;
    temp[0] = m[6].physique;
    temp[1] = m[7].physique;
    temp[2] = m[17].physique;
    if (s->trames == 360)
        ccs_convertir_loi(2, CCS_TOUT_OU_RIEN);
    else if (s->trames == 480)
        ccs_convertir_loi(2, CCS_PROPORTIONNELLE);
    lignes = ccs_reguler(temp, 3, &puissance);
    if (puissance > s->puissance_max) {
        char texte[60];

        s->puissance_max = puissance;
        sprintf(texte, "CHAUFFAGE %.1f W LIGNES %X", puissance, (unsigned)lignes);
        ccs_noter(0, t, texte);
    }
    s->energie += puissance * PAS_TM / 3600.0;
    if (s->trames % 30 == 0 && s->nb_temp < NB_POINTS)
        s->temp[s->nb_temp++] = m[6].physique;
}

static void attitude(suivi *s, double t, const double *ter, const tm_mesure *m)
{
    double vitesses[3], bruts[NB_ANGLES];
    int    i, lu = 0;

    for (i = 0; i < 3; i++)
        vitesses[i] = m[9 + i].physique;
    if (ccs_desaturer(vitesses, ter, PAS_TM,
                      m[0].brut.u == TM_MODE_MANOEUVRE ? CCS_TUYERES : CCS_MAGNETO,
                      &s->norme) < 0)
        ccs_noter(2, t, "ROUES SATUREES");
    if (s->norme > s->norme_max)
        s->norme_max = s->norme;
    for (i = 0; i < NB_ANGLES; i++)
        bruts[i] = ccs_mesure_brute(CCS_STELLAIRE, 20.0 * m[12 + i].physique);
    ccs_etalonner(CCS_STELLAIRE, bruts, NB_ANGLES, s->angles);
    s->compteur = (s->compteur + 1) % 256;
    if (ccs_lire_etat(ccs_mot_etat(s->trames % 4, 3, s->trames % 2, s->compteur),
                      &lu) == s->trames % 4 && lu == s->compteur)
        s->mots_bons++;
}

/* une trame décommutée : t en s, ter en m (repère terrestre) */
int sui_trame(suivi *s, double t, const double *ter, const tm_mesure *mesures)
{
    char texte[60];
    int  etat;

    energie(s, t, mesures);
    attitude(s, t, ter, mesures);
    etat = ccs_hysteresis(7, mesures[6].physique, 18.0, 22.0, 4);
    if (etat > 0) {
        sprintf(texte, "%s T_BAT %.1f C", etat == 2 ? "MONTEE" : "RETOUR",
                mesures[6].physique);
        ccs_noter(etat, t, texte);
    }
    s->trames++;
    return etat;
}

/* séquences du lendemain : la deuxième pousse sans s'être orientée */
static void sequences(void)
{
    static const unsigned short bonne[12] = {
        0x11, 0, 4, 0x31, 60, 9000, 0x42, 300, 0x3000 + 120, 0x12, 30, 4
    };
    static const unsigned short mauvaise[9] = {
        0x11, 0, 4, 0x20, 60, 0, 0x42, 10, 0x1000 + 60
    };
    static const unsigned short inconnue[3] = { 0x55, 0, 0 };
    char texte[60];
    int  rang = -1, duree = 0, motif;

    motif = ccs_verifier_sequence(bonne, 12, &rang, &duree, texte, sizeof texte);
    printf("  sequence 1 : motif %d rang %d duree %d s, %s\n", motif, rang, duree,
           texte);
    motif = ccs_verifier_sequence(mauvaise, 9, &rang, &duree, texte, sizeof texte);
    printf("  sequence 2 : motif %d rang %d duree %d s, %s\n", motif, rang, duree,
           texte);
    motif = ccs_verifier_sequence(inconnue, 3, &rang, &duree, texte, sizeof texte);
    printf("  sequence 3 : motif %d rang %d\n", motif, rang);
}

int sui_editer(suivi *s)
{
    double charge, profondeur, autonomie, tension, h[3], seul = 0.0, brut = 99.0;
    float  pente = 0.0f, residu = 0.0f;
    char   texte[80];
    int    cycles, niveau, n;

    ccs_batterie_bilan(&charge, &profondeur, &autonomie, &tension, &cycles);
    printf("  batterie %.3f Ah, decharge %.2f %%, %d cycles, autonomie %.0f s, "
           "fin de charge %.3f V, rendement %.2f %%, %d recalages\n", charge, profondeur, cycles,
           autonomie, tension, s->rendement_min, s->recalages);
    ccs_tendance(s->temp, s->nb_temp, &pente, &residu);
    printf("  chauffage %.2f W max, %.2f Wh ; T_BAT pente %.4f C/h, residu %.4f C\n",
           s->puissance_max, s->energie, pente, residu);
    ccs_moment(h);
    printf("  roues %.4f N.m.s (max %.4f) : %.4f %.4f %.4f\n", s->norme,
           s->norme_max, h[0], h[1], h[2]);
    n = ccs_etalonner(CCS_SOLAIRE, &brut, 1, &seul);
    printf("  senseur stellaire %.5f %.5f %.5f deg, solaire code %d, %d mots\n",
           s->angles[0], s->angles[1], s->angles[2], n, s->mots_bons);
    sequences();
    for (niveau = 0; niveau < 3; niveau++) {
        n = ccs_journal(niveau, texte, sizeof texte);
        printf("  journal niveau %d : %d\n", niveau, n);
    }
    printf("  journal, fin : %s\n", texte);
    return 0;
}
