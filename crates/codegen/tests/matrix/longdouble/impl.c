#include "longdouble.h"

long double longdouble_sum(long double x, cmp_i32 k, long double y) { return x + k * y; }
void longdouble_add(long double *x, double y) { *x += y; }

void longdouble_weigh(sample *s)
{
    s->value *= s->weight;
    s->weight /= 2;
}
