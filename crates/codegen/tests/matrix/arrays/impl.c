#include <stdlib.h>
#include "arrays.h"

double arrays_dot(const double *a, const double *b, cmp_i32 n)
{
    double sum = 0;
    int i;
    for (i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

void arrays_fill(double *out, cmp_i64 n, double value)
{
    while (n-- > 0)
        *out++ = value;
}

cmp_i64 arrays_window(const cmp_i32 *x, cmp_i32 m)
{
    cmp_i64 sum = 0;
    int i;
    for (i = 0; i < 2 * m - 1; i++)
        sum += x[i];
    return sum;
}

void arrays_row_sums(double (*m)[3], cmp_i32 rows, double *sums)
{
    int r;
    for (r = 0; r < rows; r++)
        sums[r] = m[r][0] + m[r][1] + m[r][2];
}

void arrays_cross(const double a[3], const double b[3], double c[3])
{
    c[0] = a[1] * b[2] - a[2] * b[1];
    c[1] = a[2] * b[0] - a[0] * b[2];
    c[2] = a[0] * b[1] - a[1] * b[0];
}

cmp_i32 arrays_parse(const char *text, cmp_i32 *value)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text)
        return -2;
    *value = (cmp_i32)number;
    return *end != 0;
}

void arrays_divide(double a, double b, double *q, cmp_i32 *ier)
{
    *ier = -1;
    if (b == 0)
        return;
    *ier = a == 0 ? 2 : 0;
    *q = a / b;
}

cmp_i32 arrays_stamp(char *buf, cmp_i32 n)
{
    int i;
    for (i = 0; i < n; i++)
        buf[i] = (char)('A' + i % 26);
    return n;
}
