#include "quadrature.h"

double quadrature_simpson_(integrand f, const double *a, const double *b, const cmp_i32 *n)
{
    double h = (*b - *a) / (2 * *n), sum = f(a) + f(b), x;
    int i;
    for (i = 1; i < 2 * *n; i++) {
        x = *a + i * h;
        sum += (i % 2 ? 4 : 2) * f(&x);
    }
    return sum * h / 3;
}

void quadrature_walk_(field g, const double *dt, const cmp_i32 *n, double x[2])
{
    double t, v[2];
    int i;
    for (i = 0; i < *n; i++) {
        t = i * *dt;
        g(&t, v);
        x[0] += *dt * v[0];
        x[1] += *dt * v[1];
    }
}
