#include <cstdio>
#include "packed.hpp"

int main()
{
    packed::packet p[2];
    packed::pack(p[0], 'A', 2.5, -300);
    std::printf("pack %c %d %d\n", p[0].tag, int(100 * p[0].value), int(p[0].rank));
    packed::pack(p[1], '@', 1, 500);
    std::printf("unpack %d\n", int(100 * packed::unpack(p)));
    packed::sparse s = packed::sparse();
    s.a = 7;
    s.b = 0.225;
    s.c = -3;
    packed::spread(s, 10);
    std::printf("spread %d %d %d\n", s.a, int(100 * s.b), s.c);
    return 0;
}
