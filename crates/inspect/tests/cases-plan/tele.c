#include "tele.h"
int tm_table[8] = { 1, 2, 3 };
__thread int tm_own;

struct record tm_record(const unsigned char *buffer, unsigned short length, const char *name)
{
    struct record r = { { 0 } };
    for (int i = 0; i < length; i++)
        r.v[i % 5] += buffer[i] * name[0] + tm_table[i % 8];
    return r;
}

long double tm_long(long double x) { return x * 3 + tm_own; }

int tm_count(void)
{
    static int count;
    return ++count;
}
