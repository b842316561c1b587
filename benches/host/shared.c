/* The routine in a library, for tracers of library calls. */
#include "routines.h"

double bench_weigh_shared(const struct bench_block *block, double x);

double bench_weigh_shared(const struct bench_block *block, double x)
{
    return block->v[0] * x + block->v[14];
}
