/* Calls them, and prints all that they see; last, how many calls ran in this process. */
#include "noms.h"
#include <stdio.h>

static void show(const char *what, const v *one)
{
    printf("%s %g %u %d %d %d\n", what, one->i, one->bits, one->bad[0], one->bad[1], one->bad[2]);
}

int main(void)
{
    v list[3] = {{0.5, 30, 77, {7, 8, 9}}, {1.5, 31, 77, {-7, -8, -9}}, {2.5, 3, 77, {0, 0, 0}}}, one = {2.25, 9, 77, {1, 2, 3}};
    double out = 0.0;
    int ref = 10, sum = 0, k, status;
    for (k = 0; k < 3; k++) {
        status = gyro(1.5 + k, &ref, list, k, &out, (unsigned)k & 1, 100 + k, 200 + k, one);
        gyro_ready(&sum);
        printf("%d %d %g %d %d: %g %g %g, %d %d %g %d %u %u %d\n", status, ref, out, sum, gyro_args(), x[0], x[1], x[2], a, i,
               bad, areas, compare, routines, index);
        show("list", &list[0]);
        show("args", &args[1]);
    }
    fprintf(stderr, "%d\n", gyro_here);
    return 0;
}
