#include <cstdio>
#include "scalars.hpp"

int main()
{
    double many = scalars::many(1.5, 1, 2.5, 20, 3.5f, 3, 4.5, -4, 5.5, 5, 6.5, 6, 7.5, -7, 8.5, 8, 9.5, 90);
    std::printf("many %ld\n", long(10 * many));
    std::printf("narrow %d\n", scalars::narrow(-5, 250, -300, 32490));
    std::printf("wide %ld\n", long(scalars::wide(3000000, 3000000)));
    std::printf("single %d\n", int(100 * scalars::single(5.0f)));
    std::printf("negate %d %d\n", int(scalars::negate(true)), int(scalars::negate(false)));
    double y = 0;
    cmp_i32 count = 7;
    scalars::halve(7.5, y, count);
    std::printf("halve %d %d\n", int(100 * y), count);
    return 0;
}
