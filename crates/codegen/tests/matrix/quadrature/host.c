#include <stdio.h>
#include "quadrature.h"

static double square(const double *x) { return *x * *x; }

static void turn(const double *t, double *v)
{
    v[0] = 2;
    v[1] = 2 * *t;
}

int main(void)
{
    double a = 0, b = 3, dt = 0.5, x[2] = { 1, 5 };
    cmp_i32 four = 4, two = 2;

    printf("simpson %d\n", (int)(100 * quadrature_simpson_(square, &a, &b, &four) + 0.5));
    quadrature_walk_(turn, &dt, &two, x);
    printf("walk %d %d\n", (int)(100 * x[0]), (int)(100 * x[1]));
    return 0;
}
