/* The routines the benchmarks call: short, so that the cost of reaching them shows. */
#include "routines.h"

/* Called as they stand: neither inlined, nor cloned, nor folded into one because they are the same. */
#define ROUTINE __attribute__((noinline, noclone, no_icf, aligned(64)))

#define WEIGH(name)                                                                                \
    ROUTINE double name(const struct bench_block *block, double x)                                 \
    {                                                                                              \
        return block->v[0] * x + block->v[14];                                                     \
    }

#define TURN(name)                                                                                 \
    ROUTINE void name(struct bench_block *block)                                                   \
    {                                                                                              \
        block->v[0] = block->v[1] + block->v[14];                                                  \
    }

WEIGH(bench_weigh)
WEIGH(bench_weigh_direct)
WEIGH(bench_weigh_naive)
WEIGH(bench_weigh_landing)
WEIGH(bench_weigh_probed)
TURN(bench_turn)
TURN(bench_turn_direct)

ROUTINE int bench_code(const double *dt, double pos[3])
{
    pos[0] = *dt;
    pos[1] = *dt + 1.0;
    pos[2] = *dt + 2.0;
    return *dt < 0.0 ? -1 : 0;
}

ROUTINE double bench_sum(const double *values, int n)
{
    double sum = 0.0;
    int i;
    for (i = 0; i < n; i++)
        sum += values[i];
    return sum;
}
