#include <stdio.h>
#include "packed.h"

int main(void)
{
    packet p[2];
    sparse s;

    packed_pack(&p[0], 'A', 2.5, -300);
    printf("pack %c %d %d\n", p[0].tag, (int)(100 * p[0].value), p[0].rank);
    packed_pack(&p[1], '@', 1, 500);
    printf("unpack %d\n", (int)(100 * packed_unpack(p, 2)));
    s.a = 7;
    s.b = 0.225;
    s.c = -3;
    packed_spread(&s, 10);
    printf("spread %d %d %d\n", s.a, (int)(100 * s.b), s.c);
    return 0;
}
