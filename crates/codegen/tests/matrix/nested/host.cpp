#include <cstdio>
#include "nested.hpp"

namespace {

int scaled(double x) { return int(100 * x); }

}

int main()
{
    nested::grid g = {{{1, 2, 3}, {4, 5, 6}}, {{1, 2}, {3, 4}}, {'A', 'B', 'C', 'D'}, 2};
    nested::transform(g, 2);
    std::printf("transform");
    for (int i = 0; i < 6; i++)
        std::printf(" %d", g.cells[i / 3][i % 3]);
    for (int i = 0; i < 2; i++)
        std::printf(" %d %d", scaled(g.corners[i].x), scaled(g.corners[i].y));
    std::printf(" %.4s %d\n", g.label, scaled(g.level));
    std::printf("total %d\n", scaled(nested::total(g)));
    g = nested::raised(g, 2.5);
    std::printf("raised %d %d %d %.4s\n", g.cells[0][0], g.cells[1][2], scaled(g.level), g.label);
    const nested::point p[] = {{1, 3}, {5, 5}};
    nested::point c;
    nested::centre(p, c);
    std::printf("centre %d %d\n", scaled(c.x), scaled(c.y));
    const double a[2][3] = {{1, 2, 3}, {4, 5, 6}};
    double b[3][2];
    nested::transpose(a, b);
    std::printf("transpose");
    for (int i = 0; i < 6; i++)
        std::printf(" %d", scaled(b[i / 2][i % 2]));
    std::printf("\n");
    return 0;
}
