#include "blocks.h"

/* The COMMON block. */
cst blocks_cst_;

void blocks_init_(const double *mu, const double *ae, const cmp_i32 *model)
{
    blocks_cst_.mu = *mu;
    blocks_cst_.ae = *ae;
    blocks_cst_.calls = 0;
    blocks_cst_.model = *model;
}

double blocks_ratio_(const double *a)
{
    blocks_cst_.calls++;
    return *a / blocks_cst_.ae;
}

void blocks_count_(cmp_i32 *calls, cmp_i32 *model)
{
    *calls = blocks_cst_.calls;
    *model = blocks_cst_.model;
}
