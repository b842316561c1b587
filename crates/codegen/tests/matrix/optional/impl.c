#include "optional.h"

cmp_i32 optional_present(const double *by, double *out, point *p)
{
    const double k = by ? *by : 1;
    if (out)
        *out = 10 * k;
    if (p)
        p->x += k;
    return (by != 0) + 2 * (out != 0) + 4 * (p != 0);
}
