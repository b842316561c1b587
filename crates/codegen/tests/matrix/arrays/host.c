#include <stdio.h>
#include "arrays.h"

int main(void)
{
    double a[3] = { 1, 2, 3 }, b[3] = { 4, 5, 6 }, c[3], sums[2], out[3], q = 0;
    double m[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
    cmp_i32 x[5] = { 1, 2, 3, 4, 5 }, value, ier = 9;
    char text[6] = { 0 };

    printf("dot %d\n", (int)(100 * arrays_dot(a, b, 3)));
    arrays_fill(out, 3, 2.5);
    printf("fill %d %d %d\n", (int)(10 * out[0]), (int)(10 * out[1]), (int)(10 * out[2]));
    printf("window %ld\n", (long)arrays_window(x, 3));
    arrays_row_sums(m, 2, sums);
    printf("row_sums %d %d\n", (int)(100 * sums[0]), (int)(100 * sums[1]));
    arrays_cross(a, b, c);
    printf("cross %d %d %d\n", (int)(100 * c[0]), (int)(100 * c[1]), (int)(100 * c[2]));
    value = 99;
    ier = arrays_parse("42", &value);
    printf("parse %d %d\n", ier, value);
    value = 99;
    ier = arrays_parse("7x", &value);
    printf("parse %d %d\n", ier, value);
    value = 99;
    ier = arrays_parse("x", &value);
    printf("parse %d %d\n", ier, value);
    if (!ARRAYS_PARSE_ERROR(ier) || ARRAYS_PARSE_OK(ier) || ARRAYS_PARSE_WARNING(ier))
        printf("%d is an error\n", ier);
    arrays_divide(3, 2, &q, &ier);
    printf("divide %d %d\n", ier, (int)(100 * q));
    arrays_divide(0, 2, &q, &ier);
    printf("divide %d %d\n", ier, (int)(100 * q));
    if (!ARRAYS_DIVIDE_WARNING(ier))
        printf("%d is a warning\n", ier);
    arrays_divide(1, 0, &q, &ier);
    printf("divide %d %d\n", ier, (int)(100 * q));
    value = arrays_stamp(text, 5);
    printf("stamp %d %s\n", value, text);
    return 0;
}
