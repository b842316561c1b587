#include <math.h>
#include "byref.h"

void byref_add_(const double *a, const float *b, cmp_i32 *n, double *c)
{
    *c = *a + *b;
    ++*n;
}

cmp_logical32 byref_even_(const cmp_i32 *n) { return *n % 2 == 0; }
void byref_toggle_(cmp_logical32 *flag, const cmp_logical32 *on) { *flag = *on && !*flag; }

cmp_complex_f64 byref_product_(const cmp_complex_f64 *z, const cmp_complex_f32 *w)
{
    cmp_complex_f64 answer;
    double a = CMP_RE(const double, *z), b = CMP_IM(const double, *z);
    double c = CMP_RE(const float, *w), d = CMP_IM(const float, *w);
    CMP_RE(double, answer) = a * c - b * d;
    CMP_IM(double, answer) = a * d + b * c;
    return answer;
}

cmp_complex_f32 byref_half_(const cmp_complex_f32 *z)
{
    cmp_complex_f32 answer = *z;
    CMP_RE(float, answer) /= 2;
    CMP_IM(float, answer) /= 2;
    return answer;
}

float byref_mean_(const float *a, const float *b) { return (*a + *b) / 2; }
cmp_i64 byref_cube_(const cmp_i32 *n) { return (cmp_i64)*n * *n * *n; }

double byref_root_(const double *x, cmp_i32 *ier)
{
    *ier = *x < 0 ? 1 : *x > 0 ? 0 : -1;
    return sqrt(*x < 0 ? -*x : *x);
}
