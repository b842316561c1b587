#include "shaped.h"

/* The elements, from the first one; a section may lie backwards or with gaps. */
static char *at(const cmp_array_1 *a, cmp_i64 i) { return (char *)a->data + i * a->dim[0].stride * a->span; }
static cmp_i64 extent(cmp_i64 lower, cmp_i64 upper) { return upper < lower ? 0 : upper - lower + 1; }

double shaped_total_(cmp_array_1 *x, cmp_array_1 *w)
{
    cmp_i64 i, n = extent(x->dim[0].lower, x->dim[0].upper);
    double sum = 0;
    for (i = 0; i < n; i++)
        sum += *(double *)(void *)at(x, i) * (w ? *(double *)(void *)at(w, i) : 1);
    return sum;
}

void shaped_ramp_(cmp_array_1 *x, const cmp_i32 *first)
{
    cmp_i64 i, n = extent(x->dim[0].lower, x->dim[0].upper);
    for (i = 0; i < n; i++)
        *(cmp_i32 *)(void *)at(x, i) = *first + (cmp_i32)i;
}

void shaped_add_(cmp_array_2 *m, const double *k)
{
    cmp_i64 i, j, rows = extent(m->dim[0].lower, m->dim[0].upper), columns = extent(m->dim[1].lower, m->dim[1].upper);
    for (j = 0; j < columns; j++)
        for (i = 0; i < rows; i++) {
            char *place = (char *)m->data + (i * m->dim[0].stride + j * m->dim[1].stride) * m->span;
            *(double *)(void *)place += 100 * (double)(i + 1) + 10 * (double)j + *k;
        }
}
