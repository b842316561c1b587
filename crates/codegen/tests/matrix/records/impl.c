#include "records.h"

double records_norm(point p) { return p.x * p.x + p.y * p.y; }

point records_middle(point a, point b)
{
    point p;
    p.x = (a.x + b.x) / 2;
    p.y = (a.y + b.y) / 2;
    return p;
}

date records_later(date d, double dt)
{
    d.sec += dt;
    while (d.sec >= 86400) {
        d.sec -= 86400;
        d.day++;
    }
    return d;
}

line records_through(point a, point b)
{
    line l;
    l.slope = (float)((b.y - a.y) / (b.x - a.x));
    l.origin = (float)(a.y - l.slope * a.x);
    return l;
}

range records_wider(range r, cmp_i32 by)
{
    r.first -= by;
    r.last += by;
    return r;
}

vector records_cross(vector a, vector b)
{
    vector c;
    c.x = a.y * b.z - a.z * b.y;
    c.y = a.z * b.x - a.x * b.z;
    c.z = a.x * b.y - a.y * b.x;
    return c;
}

limits records_widen(limits l, double by)
{
    int i;
    for (i = 0; i < 5; i++)
        l.v[i] += (i - 2) * by;
    return l;
}

cmp_i64 records_spill(range a, range b, cmp_i32 k, range c, date d)
{
    return a.first + 10 * a.last + 100 * b.first + 1000 * b.last + 10000 * k + 100000 * (c.first + c.last)
        + 1000000 * d.day + (cmp_i64)d.sec;
}

void records_advance(track *t, const point *step, point *copy)
{
    *copy = *step;
    t->from.x += step->x;
    t->from.y += step->y;
    t->at.day++;
    t->code = (cmp_i8)-t->code;
    t->rank = (cmp_i16)(10 * t->rank);
    t->weight /= 2;
}
