#include <stdio.h>
#include "grids.h"

int main(void)
{
    double square[12] = { 5, 0, 0, 0, 0, 5, 0, 0, 0, 0, 5, 0 }, a[6] = { 1, 2, 3, 4, 5, 6 }, b[6], x[3] = { 1, 2, 3 };
    double two = 2;
    cmp_i32 lda = 4, n = 3, m = 2, degree = 2, count = 4;
    cmp_complex_f64 c[3], z, value;
    cmp_logical32 flags[4] = { 1, 0, 1, 0 };
    int i;

    printf("trace %d\n", (int)(100 * grids_trace_(square, &lda, &n)));
    grids_transpose_(&m, &n, a, b);
    printf("transpose");
    for (i = 0; i < 6; i++)
        printf(" %d", (int)(100 * b[i]));
    grids_scale_(&n, x, &two);
    printf("\nscale %d %d %d\n", (int)(10 * x[0]), (int)(10 * x[1]), (int)(10 * x[2]));
    for (i = 0; i < 3; i++) {
        CMP_RE(double, c[i]) = i != 1;
        CMP_IM(double, c[i]) = 0;
    }
    CMP_RE(double, z) = 1;
    CMP_IM(double, z) = 2;
    value = grids_horner_(&degree, c, &z);
    printf("horner %d %d\n", (int)(100 * CMP_RE(double, value)), (int)(100 * CMP_IM(double, value)));
    printf("count %d\n", grids_count_(flags, &count));
    return 0;
}
