#include "status.h"

extern "C" {

verdict status_verify(const cmp_i32 *x, cmp_u8 *copy)
{
    if (*x < 0)
        return VERDICT_BAD;
    *copy = (cmp_u8)(*x & 255);
    return *x > 255 ? VERDICT_DOUBTFUL : VERDICT_GOOD;
}

/* Of the squares of whole numbers only. */
double status_root(double x, cmp_i32 *ier)
{
    double n = 0;
    *ier = -1;
    if (x < 0)
        return 0;
    while ((n + 1) * (n + 1) <= x)
        n++;
    *ier = n * n < x ? 3 : 0;
    return n;
}

}
