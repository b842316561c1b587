#include <stdio.h>
#include "longdouble.h"

int main(void)
{
    const long double large = 1152921504606846976.0L;
    long double x = large;
    sample s;

    printf("sum %ld\n", (long)longdouble_sum(large, 3, 1.0L));
    longdouble_add(&x, 1.0);
    printf("add %ld\n", (long)(x - large));
    s.value = 3.0L;
    s.weight = 1.5;
    longdouble_weigh(&s);
    printf("weigh %d %d\n", (int)(100 * s.value), (int)(100 * s.weight));
    return 0;
}
