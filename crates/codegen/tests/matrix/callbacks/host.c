#include <stdio.h>
#include "callbacks.h"

static double line(double x, void *user)
{
    return *(double *)user * x;
}

static cmp_i32 add_rank(cmp_i32 rank, cmp_i32 *value, void *user)
{
    if (rank > 3)
        return 1;
    *value += rank;
    *(cmp_i32 *)user += *value;
    return 0;
}

int main(void)
{
    double slope = 2;
    cmp_i32 values[4] = { 10, 20, 30, 40 }, sum = 40, visited;

    printf("integrate %d\n", (int)(100 * callbacks_integrate(line, &slope, 0, 4, 8)));
    visited = callbacks_each(values, 4, add_rank, &sum);
    printf("each %d %d %d %d %d %d\n", visited, values[0], values[1], values[2], values[3], sum);
    return 0;
}
