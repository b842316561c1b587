#include <math.h>
#include <stdio.h>
#include "ada_scalars.h"

static void filter(double value, double memory, double gain)
{
    filter_return r = ada_scalars__filter(value, memory, gain);
    printf("filter %d %d %d\n", (int)(100 * r.value), (int)(100 * r.memory), r.jump);
}

static void follows(natural received, natural expected)
{
    follows_return r = ada_scalars__follows(received, expected);
    printf("follows %d %d %d\n", r.RETVAL, r.expected, r.lost);
}

static void advance(int alarm, mode state)
{
    advance_return r = ada_scalars__advance((cmp_bool)alarm, state);
    printf("advance %d %d\n", r.state, r.changed);
}

int main(void)
{
    slope_return slope;
    split_return split;

    filter(2, 1, 0.5);
    filter(10, 1, 0.5);
    follows(5, 5);
    follows(9, 6);
    slope = ada_scalars__slope(1, 2);
    printf("slope %d %d\n", (int)(100 * slope.slope), (int)(100 * slope.rest));
    split = ada_scalars__split(2.25);
    printf("split %d %d\n", (int)(100 * split.whole), (int)(100 * split.part));
    advance(0, acquisition);
    advance(1, normal);
    advance(1, survival);
    printf("step %d\n", ada_scalars__step(7, 5));
    printf("measure %d\n", (int)floor(100 * ada_scalars__measure(2) + 0.5));
    printf("next %d %d %d %d\n", ada_scalars__next(off), ada_scalars__next(standby), ada_scalars__next(on),
           ada_scalars__next(failed));
    printf("code %d %d\n", ada_scalars__code(1.25), ada_scalars__code(-1000));
    printf("decode %d\n", (int)floor(100000 * ada_scalars__decode(160, 1000) + 0.5));
    printf("command %d\n", ada_scalars__command(45));
    printf("command %d\n", ada_scalars__command(91));
    printf("command %d\n", ada_scalars__command(-1));
    return 0;
}
