#include <string.h>
#include "ada_records.h"

double ada_records__excess(const limit *l, double x)
{
    limit copy = *l;
    switch (LIMIT_KIND(&copy)) {
    case band:
        if (x > LIMIT_MOST(&copy))
            return x - LIMIT_MOST(&copy);
        return x < LIMIT_LEAST(&copy) ? x - LIMIT_LEAST(&copy) : 0;
    case low: return x < LIMIT_THRESHOLD(&copy) ? x - LIMIT_THRESHOLD(&copy) : 0;
    case high: return x > LIMIT_THRESHOLD(&copy) ? x - LIMIT_THRESHOLD(&copy) : 0;
    case state: return x - LIMIT_VALUE(&copy);
    default: return 0;
    }
}

void ada_records__become(limit *l, kind new_kind, cmp_bool l_constrained)
{
    double middle;
    if (l_constrained || LIMIT_KIND(l) != band || new_kind != low)
        return;
    middle = (LIMIT_LEAST(l) + LIMIT_MOST(l)) / 2;
    LIMIT_KIND(l) = new_kind;
    LIMIT_THRESHOLD(l) = middle;
}

limit ada_records__standard(natural n)
{
    limit l;
    memset(&l, 0, sizeof l);
    LIMIT_PERSISTENCE(&l) = 2;
    if (n % 2) {
        LIMIT_KIND(&l) = state;
        LIMIT_VALUE(&l) = n;
    } else {
        LIMIT_KIND(&l) = band;
        LIMIT_LEAST(&l) = -n / 2.0;
        LIMIT_MOST(&l) = 1.5 * n;
    }
    return l;
}

void ada_records__advance(track *t, double by)
{
    int i;
    for (i = 0; i < 3; i++)
        t->position[i] += by;
    t->rank++;
    memcpy(t->name, "SPOT5   ", 8);
    t->valid = 1;
}

pair ada_records__swap(pair p)
{
    pair swapped;
    swapped.first = p.second;
    swapped.second = p.first;
    return swapped;
}

load_return ada_records__load(battery b, ampere_hour amount)
{
    load_return r;
    r.b = b;
    r.b.charge += amount;
    r.b.discharging = 0;
    r.full = r.b.charge >= 2000;
    if (r.full) {
        r.b.charge = 2000;
        r.b.cycles++;
    }
    return r;
}

word ada_records__decode(cmp_u16 w)
{
    word decoded;
    memcpy(&decoded, &w, sizeof decoded);
    return decoded;
}

cmp_u16 ada_records__encode(word w)
{
    cmp_u16 encoded;
    memcpy(&encoded, &w, sizeof encoded);
    return encoded;
}

natural ada_records__ones(mask m)
{
    int i;
    natural ones = 0;
    for (i = 0; i < 16; i++)
        ones += m.all.bytes[i / 8] >> i % 8 & 1;
    return ones;
}

cmp_i64 ada_records__number(decimal d)
{
    int i;
    cmp_i64 number = 0;
    for (i = 7; i >= 0; i--)
        number = 10 * number + (d.all.bytes[i / 2] >> 4 * (i % 2) & 15);
    return number;
}

vector_value ada_records__cross(const double a[3], const double b[3])
{
    vector_value c;
    c.value[0] = a[1] * b[2] - a[2] * b[1];
    c.value[1] = a[2] * b[0] - a[0] * b[2];
    c.value[2] = a[0] * b[1] - a[1] * b[0];
    return c;
}
