/* courbes.c - courbes élémentaires : polynôme, table, thermistance, droite */
#include <math.h>
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)courbes.c 1.6 96/04/22 CMP TM";

#define ZERO_ABSOLU 273.15f

/* coef[0] + coef[1] x + ... + coef[degre] x**degre */
double tm_polynome(const double *coef, int degre, double x)
{
    double y = 0.0;
    int    i;

    for (i = degre; i >= 0; i--)
        y = y * x + coef[i];
    return y;
}

tm_point tm_interpoler(tm_point a, tm_point b, double x)
{
    tm_point p;

    p.x = x;
    p.y = b.x == a.x ? a.y : a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x));
    return p;
}

/* abscisses croissantes ; hors de la table le dernier segment est prolongé */
int tm_table_lineaire(const tm_point *points, int n, double x, double *y)
{
    int i, etat = TM_OK;

    if (points == NULL || y == NULL)
        return TM_ERR_POINTEUR;
    if (n < 2)
        return TM_ERR_LONGUEUR;
    if (x < points[0].x)
        etat = TM_AV_BAS;
    else if (x > points[n - 1].x)
        etat = TM_AV_HAUT;
    for (i = 1; i < n - 1 && x > points[i].x; i++)
        ;
    *y = tm_interpoler(points[i - 1], points[i], x).y;
    return etat;
}

/* loi bêta ; r0 ohms à t0 degrés Celsius, résultat en degrés Celsius */
float tm_thermistance(float ohms, float r0, float t0, float beta)
{
    float inverse;

    if (ohms <= 0.0f)
        return -ZERO_ABSOLU;
    inverse = 1.0f / (t0 + ZERO_ABSOLU) + logf(ohms / r0) / beta;
    return 1.0f / inverse - ZERO_ABSOLU;
}

tm_droite tm_droite_points(tm_point a, tm_point b)
{
    tm_droite d;

    d.pente = (float)((b.y - a.y) / (b.x - a.x));
    d.origine = (float)(a.y - (double)d.pente * a.x);
    return d;
}

float tm_appliquer_droite(tm_droite droite, float x)
{
    return droite.pente * x + droite.origine;
}
