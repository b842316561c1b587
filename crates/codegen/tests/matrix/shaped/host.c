#include <stdio.h>
#include <string.h>
#include "shaped.h"

static cmp_array_1 line(void *data, size_t element, signed char type, cmp_i64 n)
{
    cmp_array_1 a;
    memset(&a, 0, sizeof a);
    a.data = data;
    a.offset = (size_t)-1;
    a.elem_len = element;
    a.rank = 1;
    a.type = type;
    a.span = (cmp_i64)element;
    a.dim[0].stride = 1;
    a.dim[0].lower = 1;
    a.dim[0].upper = n;
    return a;
}

int main(void)
{
    double x[3] = { 1, 2, 3 }, m[2][3] = { { 0, 0, 0 }, { 1, 1, 1 } }, one = 1;
    cmp_i32 r[3] = { 0, 0, 0 }, five = 5;
    cmp_array_1 xs = line(x, sizeof *x, 3, 3), rs = line(r, sizeof *r, 1, 3);
    cmp_array_2 ms;

    printf("total %d\n", (int)(100 * shaped_total_(&xs, NULL)));
    printf("total %d\n", (int)(100 * shaped_total_(&xs, &xs)));
    shaped_ramp_(&rs, &five);
    printf("ramp %d %d %d\n", r[0], r[1], r[2]);
    memset(&ms, 0, sizeof ms);
    ms.data = m;
    ms.offset = (size_t)-4;
    ms.elem_len = sizeof one;
    ms.rank = 2;
    ms.type = 3;
    ms.span = sizeof one;
    ms.dim[0].stride = 1;
    ms.dim[0].lower = 1;
    ms.dim[0].upper = 3;
    ms.dim[1].stride = 3;
    ms.dim[1].lower = 1;
    ms.dim[1].upper = 2;
    shaped_add_(&ms, &one);
    printf("add %d %d %d %d %d %d\n", (int)m[0][0], (int)m[0][1], (int)m[0][2], (int)m[1][0], (int)m[1][1], (int)m[1][2]);
    return 0;
}
