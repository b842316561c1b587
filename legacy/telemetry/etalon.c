/* etalon.c - courbes d'étalonnage : valeur brute vers valeur physique */
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)etalon.c 1.6 96/04/22 CMP TM";

int tm_etalonner(const tm_etalonnage *etal, double brut, double *physique)
{
    if (etal == NULL || physique == NULL)
        return TM_ERR_POINTEUR;
    switch (etal->genre) {
    case TM_SANS:
        *physique = brut;
        return TM_OK;
    case TM_POLYNOME:
        *physique = tm_polynome(etal->u.coef, etal->n, brut);
        return TM_OK;
    case TM_TABLE:
        return tm_table_lineaire(etal->u.points, etal->n, brut, physique);
    case TM_THERMISTANCE:
        *physique = tm_thermistance((float)brut * 20.0f, etal->u.therm.r0,
                                    etal->u.therm.t0, etal->u.therm.beta);
        return *physique <= -273.0 ? TM_AV_BAS : TM_OK;
    case TM_DROITE:
        *physique = tm_appliquer_droite(etal->u.droite, (float)brut);
        return TM_OK;
    }
    return TM_ERR_INCONNU;
}

/* dichotomie sur une courbe monotone ; sens +1 croissante, -1 décroissante */
static double dichotomie(const tm_etalonnage *etal, double bas, double haut,
                         double cible, int sens)
{
    double milieu = 0.5 * (bas + haut), y;
    int    k;

    for (k = 0; k < 40; k++) {
        if (tm_etalonner(etal, milieu, &y) < 0)
            break;
        if (sens * (y - cible) > 0.0)
            haut = milieu;
        else
            bas = milieu;
        milieu = 0.5 * (bas + haut);
    }
    return milieu;
}

/* valeur brute (non arrondie) dans [bas, haut] donnant la valeur physique */
int tm_inverser(const tm_etalonnage *etal, double bas, double haut,
                double physique, double *brut)
{
    double yb, yh;

    if (etal == NULL || brut == NULL)
        return TM_ERR_POINTEUR;
    if (tm_etalonner(etal, bas, &yb) < 0 || tm_etalonner(etal, haut, &yh) < 0)
        return TM_ERR_INCONNU;
    if (yb <= yh)
        *brut = dichotomie(etal, bas, haut, physique, 1);
    else
        *brut = dichotomie(etal, bas, haut, physique, -1);
    if (physique < yb && physique < yh)
        return TM_AV_BAS;
    return physique > yb && physique > yh ? TM_AV_HAUT : TM_OK;
}

/*
 * Masse d'hydrazine restante (kg) d'après pression (bar) et température
 * (deg C) : surface du second degré dont les coefficients dépendent de la
 * pression. Neuf coefficients du fournisseur, passés un par un.
 */
double tm_reservoir(double pression, double temp, double a0, double a1,
                    double a2, double b0, double b1, double b2, double c0,
                    double c1, double c2)
{
    double coef[3], quad[3];

    quad[0] = a0;
    quad[1] = a1;
    quad[2] = a2;
    coef[0] = tm_polynome(quad, 2, pression);
    quad[0] = b0;
    quad[1] = b1;
    quad[2] = b2;
    coef[1] = tm_polynome(quad, 2, pression);
    quad[0] = c0;
    quad[1] = c1;
    quad[2] = c2;
    coef[2] = tm_polynome(quad, 2, pression);
    return tm_polynome(coef, 2, temp);
}
