#include <stdio.h>
#include <string.h>
#include "ada_records.h"

static limit made(kind k, double least, double most)
{
    limit l;
    memset(&l, 0, sizeof l);
    LIMIT_KIND(&l) = k;
    LIMIT_PERSISTENCE(&l) = 3;
    LIMIT_LEAST(&l) = least;
    LIMIT_MOST(&l) = most;
    return l;
}

int main(void)
{
    limit l = made(band, 1, 2), four;
    track t = { { 1, 2, 3 }, 7, { 'x' }, 0 };
    pair p = { -7, 8 };
    battery b = { 1000, 3, 1 };
    load_return loaded;
    word w;
    mask m = { { { 0x21, 0x80 } } };
    decimal d = { { { 0x10, 0x32, 0x54, 0x76 } } };
    double a[3] = { 1, 2, 3 }, c[3] = { 4, 5, 6 };
    vector_value v;

    four = made(low, 1, 0);
    printf("excess %d %d %d ", (int)(100 * ada_records__excess(&l, 2.5)), (int)(100 * ada_records__excess(&l, 1.5)),
           (int)(100 * ada_records__excess(&four, 0.75)));
    LIMIT_KIND(&four) = state;
    LIMIT_VALUE(&four) = 3;
    printf("%d\n", (int)(100 * ada_records__excess(&four, 4)));
    ada_records__become(&l, low, 0);
    printf("become %d %d %d\n", LIMIT_KIND(&l), LIMIT_PERSISTENCE(&l), (int)(100 * LIMIT_THRESHOLD(&l)));
    l = made(band, 1, 2);
    ada_records__become(&l, low, 1);
    printf("become %d %d %d\n", LIMIT_KIND(&l), (int)(100 * LIMIT_LEAST(&l)), (int)(100 * LIMIT_MOST(&l)));
    l = ada_records__standard(7);
    printf("standard %d %d %d\n", LIMIT_KIND(&l), LIMIT_PERSISTENCE(&l), LIMIT_VALUE(&l));
    l = ada_records__standard(2);
    printf("standard %d %d %d\n", LIMIT_KIND(&l), (int)(100 * LIMIT_LEAST(&l)), (int)(100 * LIMIT_MOST(&l)));
    ada_records__advance(&t, 0.5);
    printf("advance %d %d %d %d %.5s %d\n", (int)(100 * t.position[0]), (int)(100 * t.position[1]),
           (int)(100 * t.position[2]), t.rank, t.name, t.valid);
    p = ada_records__swap(p);
    printf("swap %d %d\n", p.first, p.second);
    loaded = ada_records__load(b, 500);
    printf("load %d %d %d %d\n", loaded.b.charge, loaded.b.cycles, loaded.b.discharging, loaded.full);
    loaded = ada_records__load(loaded.b, 1000);
    printf("load %d %d %d %d\n", loaded.b.charge, loaded.b.cycles, loaded.b.discharging, loaded.full);
    w = ada_records__decode(10964);
    printf("decode %d %d %d %d\n", w.sensor, w.turning, w.heating, w.counter);
    printf("encode %d\n", ada_records__encode(w));
    printf("ones %d\n", ada_records__ones(m));
    printf("number %ld\n", (long)ada_records__number(d));
    v = ada_records__cross(a, c);
    printf("cross %d %d %d\n", (int)(100 * v.value[0]), (int)(100 * v.value[1]), (int)(100 * v.value[2]));
    return 0;
}
