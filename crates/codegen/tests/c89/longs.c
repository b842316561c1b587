/* Integers of 64 bits by value, where `long` has them or not: -DCMPB_FORMES_LONG=4. */
#include "types.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern long larges(long, unsigned long, unsigned long *, U8 *);

int main(int argc, char **argv)
{
    U8 x[4];
    unsigned long n = 3, b = 4000000000ul;
    long a = argc > 1 ? atol(argv[1]) : -3, answer;
    memset(x, 7, sizeof x);
    answer = larges(a, b, &n, x);
    printf("%ld %lu %d %d %d %d\n", answer, n, x[0], x[1], x[2], x[3]);
    return 0;
}
