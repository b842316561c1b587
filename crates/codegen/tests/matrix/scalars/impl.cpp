#include "scalars.h"

extern "C" {

double scalars_many(double a, cmp_i32 k, double b, cmp_i64 l, float c, cmp_i32 m, double d, cmp_i16 n, double e, cmp_i32 o,
                    double f, cmp_i32 p, double g, cmp_i8 q, double h, cmp_i16 r, double x, cmp_i64 s)
{
    const double reals[] = {a, b, static_cast<double>(c), d, e, f, g, h, x};
    const double integers[] = {double(k), double(l), double(m), double(n), double(o), double(p), double(q), double(r), double(s)};
    double sum = 0;
    for (int i = 0; i < 9; i++)
        sum += (i + 1) * (reals[i] + integers[i]);
    return sum;
}

cmp_i32 scalars_narrow(cmp_i8 a, cmp_u8 b, cmp_i16 c, cmp_u16 d) { return a + b + c - d; }
cmp_i64 scalars_wide(cmp_i64 a, cmp_i64 b) { return a * b; }
float scalars_single(float x) { return -x / 2; }
cmp_bool scalars_negate(cmp_bool b) { return !b; }

void scalars_halve(const double *x, double *y, cmp_i32 *count)
{
    *y = *x / 2;
    ++*count;
}

}
