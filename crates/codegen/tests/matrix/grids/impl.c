#include "grids.h"

double grids_trace_(const double *a, const cmp_i32 *lda, const cmp_i32 *n)
{
    double sum = 0;
    int i;
    for (i = 0; i < *n && i < *lda; i++)
        sum += a[i * *lda + i];
    return sum;
}

void grids_transpose_(const cmp_i32 *m, const cmp_i32 *n, const double *a, double *b)
{
    int i, j;
    for (j = 0; j < *n; j++)
        for (i = 0; i < *m; i++)
            b[i * *n + j] = a[j * *m + i];
}

void grids_scale_(const cmp_i32 *n, double *x, const double *factor)
{
    int i;
    for (i = 0; i < *n; i++)
        x[i] *= *factor;
}

cmp_complex_f64 grids_horner_(const cmp_i32 *n, const cmp_complex_f64 *c, const cmp_complex_f64 *z)
{
    cmp_complex_f64 answer;
    double x = CMP_RE(const double, *z), y = CMP_IM(const double, *z), re = 0, im = 0, kept;
    int i;
    for (i = *n; i >= 0; i--) {
        kept = re * x - im * y + CMP_RE(const double, c[i]);
        im = re * y + im * x + CMP_IM(const double, c[i]);
        re = kept;
    }
    CMP_RE(double, answer) = re;
    CMP_IM(double, answer) = im;
    return answer;
}

cmp_i32 grids_count_(const cmp_logical32 *flags, const cmp_i32 *n)
{
    int i, count = 0;
    for (i = 0; i < *n; i++)
        count += flags[i] != 0;
    return count;
}
