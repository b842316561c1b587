#include <stdio.h>
#include "status.h"

static void verify(cmp_i32 x)
{
    cmp_u8 copy = 7;
    const verdict v = status_verify(&x, &copy);
    printf("verify %d %d\n", v, copy);
}

static void root(double x)
{
    cmp_i32 ier = 9;
    const double n = status_root(x, &ier);
    if (STATUS_ROOT_ERROR(ier))
        printf("root %d\n", ier);
    else
        printf("root %d %d\n", ier, (int)(100 * n));
}

int main(void)
{
    verify(200);
    verify(300);
    verify(-1);
    root(9);
    root(2);
    root(-4);
    return 0;
}
