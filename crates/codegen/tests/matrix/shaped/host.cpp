#include <cstdio>
#include <vector>
#include "shaped.hpp"

int main()
{
    double x[3] = {1, 2, 3};
    std::printf("total %d\n", int(100 * shaped::total(x, 0)));
    // What may be absent, or has two dimensions, is passed as in C.
    cmp_array_1 w = cmp_array_1();
    w.data = x;
    w.offset = static_cast<std::size_t>(-1);
    w.elem_len = sizeof x[0];
    w.rank = 1;
    w.type = 3;
    w.span = sizeof x[0];
    w.dim[0].stride = 1;
    w.dim[0].lower = 1;
    w.dim[0].upper = 3;
    std::printf("total %d\n", int(100 * shaped::total(x, &w)));
    std::vector<cmp_i32> r(3);
    shaped::ramp(r, 5);
    std::printf("ramp %d %d %d\n", r[0], r[1], r[2]);
    double m[2][3] = {{0, 0, 0}, {1, 1, 1}};
    cmp_array_2 ms = cmp_array_2();
    ms.data = m;
    ms.offset = static_cast<std::size_t>(-4);
    ms.elem_len = sizeof m[0][0];
    ms.rank = 2;
    ms.type = 3;
    ms.span = sizeof m[0][0];
    ms.dim[0].stride = 1;
    ms.dim[0].lower = 1;
    ms.dim[0].upper = 3;
    ms.dim[1].stride = 3;
    ms.dim[1].lower = 1;
    ms.dim[1].upper = 2;
    shaped::add(&ms, 1);
    std::printf("add %d %d %d %d %d %d\n", int(m[0][0]), int(m[0][1]), int(m[0][2]), int(m[1][0]), int(m[1][1]), int(m[1][2]));
    return 0;
}
