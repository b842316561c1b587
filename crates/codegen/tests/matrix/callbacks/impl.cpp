#include "callbacks.h"

extern "C" {

/* The rule of the middles: exact for straight lines. */
double callbacks_integrate(integrand f, void *user, double from, double to, cmp_i32 steps)
{
    const double width = (to - from) / steps;
    double sum = 0;
    int i;
    for (i = 0; i < steps; i++)
        sum += width * f(from + (i + 0.5) * width, user);
    return sum;
}

cmp_i32 callbacks_each(cmp_i32 *values, cmp_i32 n, visitor visit, void *user)
{
    int i = 0;
    while (i < n && visit(i + 1, &values[i], user) == 0)
        i++;
    return i;
}

}
