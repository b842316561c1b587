#include <cstdio>
#include <vector>
#include "arrays.hpp"

namespace {

int scaled(double x) { return int(100 * x); }

void parse(const char *text)
{
    cmp_i32 value = 99;
    cmp_bridge::status status = arrays::parse(text, value);
    std::printf("parse %d %d\n", int(status.code()), int(value));
}

// The same with exceptions: warnings come back, errors are thrown.
void divide(double a, double b, double &q)
{
    try {
        cmp_bridge::status status = arrays::throwing::divide(a, b, q);
        std::printf("divide %d %d\n", int(status.code()), scaled(q));
    } catch (const cmp_bridge::error &error) {
        std::printf("divide %d %d\n", int(error.status().code()), scaled(q));
    }
}

}

int main()
{
    const double a[3] = {1, 2, 3}, b[3] = {4, 5, 6};
    std::vector<double> first(a, a + 3), out(3);
    std::printf("dot %d\n", scaled(arrays::dot(first, b)));
    arrays::fill(out, 2.5);
    std::printf("fill %d %d %d\n", int(10 * out[0]), int(10 * out[1]), int(10 * out[2]));
    const cmp_i32 x[5] = {1, 2, 3, 4, 5};
    std::printf("window %ld\n", long(arrays::window(x, 3)));
    const double m[2][3] = {{1, 2, 3}, {4, 5, 6}};
    double sums[2];
    arrays::row_sums(m, sums);
    std::printf("row_sums %d %d\n", scaled(sums[0]), scaled(sums[1]));
    double c[3];
    arrays::cross(a, b, c);
    std::printf("cross %d %d %d\n", scaled(c[0]), scaled(c[1]), scaled(c[2]));
    parse("42");
    parse("7x");
    parse("x");
    double q = 0;
    divide(3, 2, q);
    divide(0, 2, q);
    divide(1, 0, q);
    char text[6] = "";
    cmp_i32 n = arrays::stamp(cmp_bridge::view<char>(text, 5));
    std::printf("stamp %d %s\n", int(n), text);
    return 0;
}
