#include <cstdio>
#include "longdouble.hpp"

int main()
{
    const long double large = 1152921504606846976.0L;
    std::printf("sum %ld\n", long(longdouble::sum(large, 3, 1.0L)));
    long double x = large;
    longdouble::add(x, 1.0);
    std::printf("add %ld\n", long(x - large));
    longdouble::sample s = {3.0L, 1.5};
    longdouble::weigh(s);
    std::printf("weigh %d %d\n", int(100 * s.value), int(100 * s.weight));
    return 0;
}
