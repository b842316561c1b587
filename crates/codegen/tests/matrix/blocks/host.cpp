#include <cstdio>
#include "blocks.hpp"

int main()
{
    cmp_i32 calls, model;
    blocks::init(398600, 6378, 7);
    blocks::count(calls, model);
    std::printf("count %d %d\n", calls, model);
    std::printf("ratio %d\n", int(100 * blocks::ratio(12756)));
    std::printf("ratio %d\n", int(100 * blocks::ratio(3189)));
    blocks::count(calls, model);
    std::printf("count %d %d\n", calls, model);
    return 0;
}
