#include "packed.h"

void packed_pack(packet *p, cmp_i8 tag, double value, cmp_i16 rank)
{
    p->tag = (char)tag;
    p->value = value;
    p->rank = rank;
}

double packed_unpack(const packet *p, cmp_i32 n)
{
    double sum = 0;
    int i;
    for (i = 0; i < n; i++)
        sum += p[i].value + p[i].rank + p[i].tag;
    return sum;
}

void packed_spread(sparse *s, cmp_i32 by)
{
    s->a = (cmp_i16)(s->a * by);
    s->b *= by;
    s->c = (cmp_i8)(s->c * by);
}
