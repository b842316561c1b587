/* derives.c - grandeurs dérivées des mesures d'une trame */
#include <math.h>
#include <string.h>
#include "sccs.h"
#include "archive.h"

static const char sccs_id[] SCCS_GARDE = "@(#)derives.c 1.5 96/11/18 CMP TM";

static double puissance(const tm_mesure *m, const double *coef)
{
    return coef[0] + coef[1] * m[2].physique * m[3].physique;
}

static double depointage(const tm_mesure *m, const double *coef)
{
    return coef[0] * sqrt(m[12].physique * m[12].physique
                          + m[13].physique * m[13].physique
                          + m[14].physique * m[14].physique);
}

static double moment(const tm_mesure *m, const double *coef)
{
    static const double matrice[3][4] = {
        { 1.0, 0.0, 0.0, 0.5773502691896258 },
        { 0.0, 1.0, 0.0, 0.5773502691896258 },
        { 0.0, 0.0, 1.0, 0.5773502691896258 }
    };
    double v[4], r[3];

    v[0] = m[9].physique;
    v[1] = m[10].physique;
    v[2] = m[11].physique;
    v[3] = coef[1];
    tm_projeter(matrice, v, r);
    return coef[0] * sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]);
}

static double gradient(const tm_mesure *m, const double *coef)
{
    return coef[0] * (m[7].physique - m[6].physique);
}

/* loi des gaz : masse de gaz à la pression et à la température du réservoir */
static double gaz(const tm_mesure *m, const double *coef)
{
    return coef[0] * m[8].physique / (m[7].physique + 273.15);
}

static const tm_derive table[TM_NB_DERIVES] = {
    { "P_BAT", puissance, { 0.0, 1.0 } },
    { "DEPOINT", depointage, { 60.0 } },
    { "H_ROUES", moment, { 0.012566370614359172, 0.0 } },
    { "GRAD_T", gradient, { 1.0 } },
    { "GAZ", gaz, { 1.25 } }
};

tm_calcul tm_calcul_de(const char *nom)
{
    int i;

    for (i = 0; i < TM_NB_DERIVES; i++)
        if (strcmp(table[i].nom, nom) == 0)
            return table[i].calcul;
    return NULL;
}

int tm_deriver(int rang, const tm_mesure *mesures, double *valeur)
{
    if (mesures == NULL || valeur == NULL)
        return TM_ERR_POINTEUR;
    if (rang < 0 || rang >= TM_NB_DERIVES)
        return TM_ERR_INCONNU;
    *valeur = table[rang].calcul(mesures, table[rang].coef);
    return TM_OK;
}

const char *tm_nom_derive(int rang)
{
    return rang < 0 || rang >= TM_NB_DERIVES ? "" : table[rang].nom;
}

void tm_projeter(const double m[3][4], const double v[4], double r[3])
{
    int i, j;

    for (i = 0; i < 3; i++) {
        r[i] = 0.0;
        for (j = 0; j < 4; j++)
            r[i] += m[i][j] * v[j];
    }
}

/* les deux moitiés échangées : poids fort en tête d'un côté, pas de l'autre */
tm_mot32 tm_permuter(tm_mot32 mot)
{
    tm_mot32 r;

    r.mots.faible = mot.mots.fort;
    r.mots.fort = mot.mots.faible;
    return r;
}

/* filtre du premier ordre : gain / (1 - (1 - gain) / z) */
double _Complex tm_reponse(double _Complex z, double gain)
{
    return gain / (1.0 - (1.0 - gain) / z);
}

/* ancienne forme, venue du premier système */
double tm_corriger(x, rang, gain)
double x;
int rang;
float gain;
{
    return rang > 0 ? x * gain : x / gain;
}

/* les n derniers points de v, jusqu'à rang compris */
double tm_moyenne_glissante(v, n, rang)
double *v;
int n, rang;
{
    double somme = 0.0;
    int    i, k = 0;

    for (i = rang; i >= 0 && k < n; i--, k++)
        somme += v[i];
    return k > 0 ? somme / k : 0.0;
}
