/* carte.c - cartes à deux entrées (charge de la batterie) */
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)carte.c 1.2 97/12/01 CMP TM";

#define NB_U 5
#define NB_I 3

static const double axe_u[NB_U] = { 24.0, 27.0, 29.0, 31.0, 34.0 };
static const double axe_i[NB_I] = { -30.0, 0.0, 30.0 };

/* état de charge (%) : une ligne par courant */
static const double carte_charge[NB_I * NB_U] = {
    12.0, 48.0, 76.0, 95.0, 100.0,
     4.0, 30.0, 61.0, 88.0, 100.0,
     0.0, 18.0, 47.0, 79.0,  98.0
};

/* rang fractionnaire de x dans un axe croissant, borné à [0, n-1] */
static double rang(const double *axe, int n, double x)
{
    int bas = 0, haut = n - 1;

    if (!(x > axe[0]))                  /* NaN compris */
        return 0.0;
    if (x >= axe[haut])
        return (double)haut;
    while (haut - bas > 1) {
        int milieu = (bas + haut) / 2;

        if (axe[milieu] <= x)
            bas = milieu;
        else
            haut = milieu;
    }
    return (double)bas + (x - axe[bas]) / (axe[haut] - axe[bas]);
}

/* interpolation bilinéaire ; valeurs[nx * j + i] au point (x_i, y_j) */
int tm_carte(const double *axe_x, int nx, const double *axe_y, int ny,
             const double *valeurs, double x, double y, double *z)
{
    double rx, ry, bas, haut;
    int    i, j;

    if (nx < 2 || ny < 2)
        return TM_ERR_LONGUEUR;
    rx = rang(axe_x, nx, x);
    ry = rang(axe_y, ny, y);
    i = (int)rx < nx - 1 ? (int)rx : nx - 2;
    j = (int)ry < ny - 1 ? (int)ry : ny - 2;
    rx -= i;
    ry -= j;
    valeurs += nx * j + i;
    bas = valeurs[0] + rx * (valeurs[1] - valeurs[0]);
    haut = valeurs[nx] + rx * (valeurs[nx + 1] - valeurs[nx]);
    *z = bas + ry * (haut - bas);
    if (x < axe_x[0] || y < axe_y[0])
        return TM_AV_BAS;
    return x > axe_x[nx - 1] || y > axe_y[ny - 1] ? TM_AV_HAUT : TM_OK;
}

/* état de charge en %, courant positif en charge */
double tm_charge_batterie(double tension, double courant)
{
    double charge = 0.0;

    tm_carte(axe_u, NB_U, axe_i, NB_I, carte_charge, tension, courant,
             &charge);
    return charge;
}
