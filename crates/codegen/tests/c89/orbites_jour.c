/* Calls it with neighbours that nobody may touch; and, beside it, a component whose integers are eight bytes everywhere. */
#include "orbites.h"
#include "types.h"
#include <stdio.h>
#include <string.h>

extern int tableaux(int n, I16 *m, double *x, float *y, U8 *octets, I16 *mots, I64 *longs, unsigned *fixes, char *nom,
                    U8 *vrais);

int main(void)
{
    struct {
        long before, orbite, after;
        ev e;
        long behind, liste[3], last;
    } all;
    unsigned long n = 3;
    int k;
    memset(&all, 0, sizeof all);
    all.before = all.after = all.behind = all.last = 1234;
    all.orbite = 5;
    all.e.nombre = 8;
    all.e.t = 3.0;
    for (k = 0; k < 4; k++) {
        all.e.nombre = (unsigned long)k;
        all.liste[0] = k;
        all.liste[1] = -k;
        all.liste[2] = 1000000 * k;
        suivante(&all.orbite, &all.e, &n, all.liste);
        printf("%ld %ld %ld, %ld %lu %g, %ld, %ld %ld %ld, %ld, %ld\n", all.before, all.orbite, all.after, all.e.orbite,
               all.e.nombre, all.e.t, all.behind, all.liste[0], all.liste[1], all.liste[2], all.last, derniere);
    }
    {
        I16 m = 3, mots[3] = {1, 2, 3};
        I64 longs[5];
        double x[2] = {1.0, 2.0};
        float y[6];
        U8 octets[5] = {1, 2, 3, 4, 5}, vrais[3] = {0, 1, 0};
        unsigned fixes[5];
        char nom[6];
        memset(longs, 0, sizeof longs);
        longs[1] = (I64)77;
        longs[3] = (I64)88;
        tableaux(2, &m, x, y, octets, mots, longs, fixes, nom, vrais);
        printf("%d %d %d %d\n", (int)longs[0], (int)longs[1], (int)longs[2], (int)longs[3]);
    }
    printf("here %d\n", orbites_ici);
    return 0;
}
