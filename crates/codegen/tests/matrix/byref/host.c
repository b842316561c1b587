#include <stdio.h>
#include "byref.h"

int main(void)
{
    double a = 1.5, c = 0, x[3] = { 9, -4, 0 };
    float b = 2.5f, two = 2, three = 3;
    cmp_i32 n = 7, odd = 3, even = 4, big = 2000, ier;
    cmp_logical32 flag = 0, on = 1, off = 0, first, second;
    cmp_complex_f64 z, product;
    cmp_complex_f32 w, half;

    byref_add_(&a, &b, &n, &c);
    printf("add %d %d\n", (int)(100 * c), n);
    printf("even %d %d\n", byref_even_(&odd), byref_even_(&even));
    byref_toggle_(&flag, &on);
    first = flag;
    byref_toggle_(&flag, &on);
    second = flag;
    byref_toggle_(&flag, &off);
    printf("toggle %d %d %d\n", first, second, flag);
    CMP_RE(double, z) = 1;
    CMP_IM(double, z) = 2;
    CMP_RE(float, w) = 3;
    CMP_IM(float, w) = 4;
    product = byref_product_(&z, &w);
    printf("product %d %d\n", (int)(100 * CMP_RE(double, product)), (int)(100 * CMP_IM(double, product)));
    CMP_IM(float, w) = -1;
    half = byref_half_(&w);
    printf("half %d %d\n", (int)(100 * CMP_RE(float, half)), (int)(100 * CMP_IM(float, half)));
    printf("mean %d\n", (int)(100 * byref_mean_(&two, &three)));
    printf("cube %ld\n", (long)byref_cube_(&big));
    c = byref_root_(&x[0], &ier);
    printf("root %d %d\n", ier, (int)(100 * c));
    c = byref_root_(&x[1], &ier);
    printf("root %d %d\n", ier, (int)(100 * c));
    if (!BYREF_ROOT_WARNING(ier))
        printf("%d is a warning\n", ier);
    c = byref_root_(&x[2], &ier);
    printf("root %d\n", ier);
    return 0;
}
