#include <cstdio>
#include "records.hpp"

using namespace records;

namespace {

point p(double x, double y)
{
    point made = {x, y};
    return made;
}

records::range r(long first, long last)
{
    records::range made = {first, last};
    return made;
}

int scaled(double x) { return int(100 * x); }

}

int main()
{
    std::printf("norm %d\n", scaled(norm(p(3, 4))));
    point m = middle(p(1, -3), p(4, 1));
    std::printf("middle %d %d\n", scaled(m.x), scaled(m.y));
    date d = {19116, 86400 - 1.25};
    d = later(d, 2.5);
    std::printf("later %d %d\n", d.day, scaled(d.sec));
    line t = through(p(1, 1), p(3, 5));
    std::printf("through %d %d\n", scaled(t.slope), scaled(t.origin));
    records::range w = wider(r(0, 100), 5);
    std::printf("wider %ld %ld\n", long(w.first), long(w.last));
    vector a = {1, 2, 3}, b = {4, 5, 6}, c = cross(a, b);
    std::printf("cross %d %d %d\n", scaled(c.x), scaled(c.y), scaled(c.z));
    limits l = {{10, 10, 10, 10, 10}};
    l = widen(l, 1);
    std::printf("widen %d %d %d %d %d\n", int(10 * l.v[0]), int(10 * l.v[1]), int(10 * l.v[2]), int(10 * l.v[3]),
                int(10 * l.v[4]));
    date four = {1, 0.5};
    std::printf("spill %ld\n", long(spill(r(7, 6), r(5, 4), 3, r(1, 1), four)));
    track u = {p(1, 4), {19115, 0}, 3, 70, 3};
    point copy = {0, 0};
    advance(u, p(2, 1), copy);
    std::printf("advance %d %d %d %d %d %d\n", scaled(u.from.x), scaled(u.from.y), u.at.day, u.code, u.rank,
                scaled(u.weight));
    std::printf("copy %d %d\n", scaled(copy.x), scaled(copy.y));
    return 0;
}
