/* A routine of a program that counts in `long`. */
#ifdef STUBBED
#define suivante legacy_suivante
#endif
#include "orbites.h"

long derniere = 1000;
int orbites_ici = 0;

int suivante(long *orbite, ev *e, unsigned long *n, long *liste)
{
    unsigned long k;
    orbites_ici++;
    ++*orbite;
    e->orbite = -*orbite;
    e->nombre += 3000000000ul;
    e->t = e->t * 0.5;
    for (k = 0; k < *n; k++)
        liste[k] = -liste[k] * 2;
    derniere -= 2000;
    return 0;
}
