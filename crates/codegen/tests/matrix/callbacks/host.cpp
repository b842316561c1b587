#include <cstdio>
#include <vector>
#include "callbacks.hpp"

extern "C" {

static double line(double x, void *user) { return *static_cast<double *>(user) * x; }

static cmp_i32 add_rank(cmp_i32 rank, cmp_i32 *value, void *user)
{
    if (rank > 3)
        return 1;
    *value += rank;
    *static_cast<cmp_i32 *>(user) += *value;
    return 0;
}

}

int main()
{
    double slope = 2;
    std::printf("integrate %d\n", int(100 * callbacks::integrate(line, &slope, 0, 4, 8)));
    std::vector<cmp_i32> values;
    for (int i = 1; i <= 4; i++)
        values.push_back(10 * i);
    cmp_i32 sum = 40;
    const cmp_i32 visited = callbacks::each(values, add_rank, &sum);
    std::printf("each %d %d %d %d %d %d\n", visited, values[0], values[1], values[2], values[3], sum);
    return 0;
}
