#include <cstdio>
#include <cstring>
#include "ada_records.hpp"

using namespace ada_records;

namespace {

int scaled(double x) { return int(100 * x); }

limit made(kind k, double least, double most)
{
    limit l;
    std::memset(&l, 0, sizeof l);
    LIMIT_KIND(&l) = k;
    LIMIT_PERSISTENCE(&l) = 3;
    LIMIT_LEAST(&l) = least;
    LIMIT_MOST(&l) = most;
    return l;
}

}

int main()
{
    limit l = made(band, 1, 2), four = made(low, 1, 0);
    std::printf("excess %d %d %d ", scaled(excess(l, 2.5)), scaled(excess(l, 1.5)), scaled(excess(four, 0.75)));
    LIMIT_KIND(&four) = state;
    LIMIT_VALUE(&four) = 3;
    std::printf("%d\n", scaled(excess(four, 4)));
    become(l, low, false);
    std::printf("become %d %d %d\n", LIMIT_KIND(&l), LIMIT_PERSISTENCE(&l), scaled(LIMIT_THRESHOLD(&l)));
    l = made(band, 1, 2);
    become(l, low, true);
    std::printf("become %d %d %d\n", LIMIT_KIND(&l), scaled(LIMIT_LEAST(&l)), scaled(LIMIT_MOST(&l)));
    l = standard(7);
    std::printf("standard %d %d %d\n", LIMIT_KIND(&l), LIMIT_PERSISTENCE(&l), LIMIT_VALUE(&l));
    l = standard(2);
    std::printf("standard %d %d %d\n", LIMIT_KIND(&l), scaled(LIMIT_LEAST(&l)), scaled(LIMIT_MOST(&l)));
    track t = {{1, 2, 3}, 7, {'x'}, false};
    ada_records::advance(t, 0.5);
    std::printf("advance %d %d %d %d %.5s %d\n", scaled(t.position[0]), scaled(t.position[1]), scaled(t.position[2]), t.rank,
                t.name, int(t.valid));
    pair p = {-7, 8};
    p = ada_records::swap(p);
    std::printf("swap %d %d\n", p.first, p.second);
    const battery b = {1000, 3, true};
    load_return loaded = load(b, 500);
    std::printf("load %d %d %d %d\n", loaded.b.charge, loaded.b.cycles, int(loaded.b.discharging), int(loaded.full));
    loaded = load(loaded.b, 1000);
    std::printf("load %d %d %d %d\n", loaded.b.charge, loaded.b.cycles, int(loaded.b.discharging), int(loaded.full));
    const word w = decode(10964);
    std::printf("decode %d %d %d %d\n", int(w.sensor), int(w.turning), int(w.heating), w.counter);
    std::printf("encode %d\n", encode(w));
    const mask m = {{{0x21, 0x80}}};
    std::printf("ones %d\n", ones(m));
    const decimal d = {{{0x10, 0x32, 0x54, 0x76}}};
    std::printf("number %ld\n", long(number(d)));
    const double a[3] = {1, 2, 3}, c[3] = {4, 5, 6};
    const vector_value v = cross(a, c);
    std::printf("cross %d %d %d\n", scaled(v.value[0]), scaled(v.value[1]), scaled(v.value[2]));
    return 0;
}
