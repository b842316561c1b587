#include <stdio.h>
#include "scalars.h"

int main(void)
{
    double x = 7.5, y = 0;
    cmp_i32 count = 7;
    double many = scalars_many(1.5, 1, 2.5, 20, 3.5f, 3, 4.5, -4, 5.5, 5, 6.5, 6, 7.5, -7, 8.5, 8, 9.5, 90);

    printf("many %ld\n", (long)(10 * many));
    printf("narrow %d\n", scalars_narrow(-5, 250, -300, 32490));
    printf("wide %ld\n", (long)scalars_wide(3000000, 3000000));
    printf("single %d\n", (int)(100 * scalars_single(5.0f)));
    printf("negate %d %d\n", scalars_negate(1), scalars_negate(0));
    scalars_halve(&x, &y, &count);
    printf("halve %d %d\n", (int)(100 * y), count);
    return 0;
}
