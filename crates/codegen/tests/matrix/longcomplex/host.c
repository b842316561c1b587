#include <stdio.h>
#include "longcomplex.h"

static void show(const char *name, cmp_complex_f80 z)
{
    printf("%s %d %d\n", name, (int)(100 * CMP_RE(long double, z)), (int)(100 * CMP_IM(long double, z)));
}

int main(void)
{
    cmp_complex_f80 z;

    CMP_RE(long double, z) = 1.5L;
    CMP_IM(long double, z) = 2.5L;
    show("conjugate", longcomplex_conjugate(z));
    longcomplex_swap(&z);
    show("swap", z);
    return 0;
}
