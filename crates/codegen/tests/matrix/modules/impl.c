#include <string.h>
#include "modules.h"

void modules_swap(pair *a, pair *b)
{
    pair c = *a;
    *a = *b;
    *b = c;
}

double modules_heaviest(cmp_array_1 *list, cmp_i32 *place)
{
    cmp_i64 i, n = list->dim[0].upper - list->dim[0].lower + 1;
    double most = -1e308;
    for (i = 0; i < n; i++) {
        pair *at = (pair *)(void *)((char *)list->data + i * list->dim[0].stride * list->span);
        if (at->x > most) {
            most = at->x;
            if (place)
                *place = (cmp_i32)i + 1;
        }
    }
    return most;
}

void modules_label(const cmp_i32 *n, char *text, size_t text_length)
{
    memset(text, ' ', text_length);
    if (text_length >= 3) {
        text[0] = 'n';
        text[1] = '=';
        text[2] = (char)('0' + *n);
    }
}

cmp_logical32 modules_positive(const double *x) { return *x > 0; }
