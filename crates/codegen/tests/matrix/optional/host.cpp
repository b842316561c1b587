#include <cstdio>
#include "optional.hpp"

int main()
{
    double by = 2.5, out = 0;
    optional::point p = {1, 0};
    int present = optional::present(&by, &out, &p);
    std::printf("present %d %d %d\n", present, int(100 * out), int(100 * p.x));
    std::printf("present %d\n", optional::present(0, 0, 0));
    present = optional::present(0, &out, 0);
    std::printf("present %d %d\n", present, int(100 * out));
    by = 1;
    present = optional::present(&by, 0, &p);
    std::printf("present %d %d\n", present, int(100 * p.x));
    return 0;
}
