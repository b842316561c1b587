/* Legacy routines: all of their storage has names of one word. */
#ifdef STUBBED
#define gyro legacy_gyro
#define gyro_ready legacy_gyro_ready
#define gyro_args legacy_gyro_args
#endif
#include "noms.h"

double x[3] = {1.5, 2.5, -3.5}, bad = 0.0;
int a = 3, i = 4, areas = 5, index = 6;
unsigned compare = 7, routines = 1;
v args[2] = {{1.0, 1, 77, {1, 2, 3}}, {2.0, 2, 77, {4, 5, 6}}};
int gyro_here = 0; /* calls that ran in this process */

static void turn(v *one, double by)
{
    one->i += by;
    one->bits = (one->bits + 1) & 31;
    one->bad[1] = (short)(one->bad[1] - 1);
}

int gyro(double by, int *ref, v *list, int n, double *out, unsigned word, int first, int second, v one)
{
    int k;
    gyro_here++;
    for (k = 0; k < 3; k++)
        x[k] = x[k] * by + one.i;
    for (k = 0; k < n; k++)
        turn(&list[k], by);
    turn(&args[1], -by);
    a += *ref;
    *ref = i++;
    areas = first;
    compare += (unsigned)second;
    routines = word;
    index--;
    *out = bad = x[0] - one.bad[2];
    return n;
}

void gyro_ready(int *out)
{
    gyro_here++;
    *out = (int)(x[0] + x[1]);
}

int gyro_args(void)
{
    gyro_here++;
    return 42;
}
