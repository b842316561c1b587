#include <stdio.h>
#include "blocks.h"

int main(void)
{
    double mu = 398600, ae = 6378, a = 12756, quarter = 3189;
    cmp_i32 seven = 7, calls, model;

    blocks_init_(&mu, &ae, &seven);
    blocks_count_(&calls, &model);
    printf("count %d %d\n", calls, model);
    printf("ratio %d\n", (int)(100 * blocks_ratio_(&a)));
    printf("ratio %d\n", (int)(100 * blocks_ratio_(&quarter)));
    blocks_count_(&calls, &model);
    printf("count %d %d\n", calls, model);
    return 0;
}
