#include <stdio.h>
#include "records.h"

static point p(double x, double y)
{
    point made;
    made.x = x;
    made.y = y;
    return made;
}

static range r(long first, long last)
{
    range made;
    made.first = first;
    made.last = last;
    return made;
}

int main(void)
{
    date d = { 19116, 86400 - 1.25 };
    vector a = { 1, 2, 3 }, b = { 4, 5, 6 };
    limits l = { { 10, 10, 10, 10, 10 } };
    track t;
    point step = { 2, 1 }, copy = { 0, 0 }, middle = records_middle(p(1, -3), p(4, 1));
    line through = records_through(p(1, 1), p(3, 5));
    range wider = records_wider(r(0, 100), 5);
    vector c = records_cross(a, b);
    date four = { 1, 0.5 };

    printf("norm %d\n", (int)(100 * records_norm(p(3, 4))));
    printf("middle %d %d\n", (int)(100 * middle.x), (int)(100 * middle.y));
    d = records_later(d, 2.5);
    printf("later %d %d\n", d.day, (int)(100 * d.sec));
    printf("through %d %d\n", (int)(100 * through.slope), (int)(100 * through.origin));
    printf("wider %ld %ld\n", (long)wider.first, (long)wider.last);
    printf("cross %d %d %d\n", (int)(100 * c.x), (int)(100 * c.y), (int)(100 * c.z));
    l = records_widen(l, 1);
    printf("widen %d %d %d %d %d\n", (int)(10 * l.v[0]), (int)(10 * l.v[1]), (int)(10 * l.v[2]), (int)(10 * l.v[3]),
           (int)(10 * l.v[4]));
    printf("spill %ld\n", (long)records_spill(r(7, 6), r(5, 4), 3, r(1, 1), four));
    t.from = p(1, 4);
    t.at.day = 19115;
    t.at.sec = 0;
    t.code = 3;
    t.rank = 70;
    t.weight = 3;
    records_advance(&t, &step, &copy);
    printf("advance %d %d %d %d %d %d\n", (int)(100 * t.from.x), (int)(100 * t.from.y), t.at.day, t.code, t.rank,
           (int)(100 * t.weight));
    printf("copy %d %d\n", (int)(100 * copy.x), (int)(100 * copy.y));
    return 0;
}
