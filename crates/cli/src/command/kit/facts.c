/* @(#) facts.c acceptance kit of cmp-bridge: what this machine and its compiler are */
#include "kit.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/time.h>
#ifdef __hpux
#include <sys/param.h>
#endif
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>

struct char_short { char c; short s; };
struct char_int { char c; int i; };
struct char_long { char c; long l; };
struct char_float { char c; float f; };
struct char_double { char c; double d; };
struct char_address { char c; void *p; };
struct int_double { int i; double d; };
struct three { char c[3]; };
struct bits { unsigned int a : 4; unsigned int b : 12; unsigned int c : 16; };

static double zero(void)
{
    static volatile double nothing = 0.0;
    return nothing;
}

static void octets(const char *name, const void *value, size_t size)
{
    char text[64];
    const unsigned char *byte = (const unsigned char *)value;
    size_t i;
    text[0] = 0;
    for (i = 0; i < size && i < 16; i++)
        sprintf(text + strlen(text), "%02x", (unsigned)byte[i]);
    kit_fact(name, text);
}

static void integers(void)
{
    int word = 0x01020304;
    const unsigned char *byte = (const unsigned char *)&word;
    kit_equal("bits of a char", 8, CHAR_BIT);
    kit_equal("size of short", 2, (long)sizeof(short));
    kit_equal("size of int", 4, (long)sizeof(int));
    kit_check("size of long is that of an address", sizeof(long) == sizeof(void *), "equal", "different");
    kit_number("size of long", (long)sizeof(long));
    kit_number("size of size_t", (long)sizeof(size_t));
    kit_fact("byte order", byte[0] == 1 ? "most significant first" : byte[0] == 4 ? "least significant first" : "other");
    kit_check("byte order is one of two", byte[0] == 1 || byte[0] == 4, "01 or 04 first", "another");
    kit_fact("char", CHAR_MIN < 0 ? "signed" : "unsigned");
    kit_equal("-1 >> 1", -1, -1 >> 1);
    kit_equal("-7 / 2", -3, -7 / 2);
}

static void numbers(void)
{
    double one = -1.5, nan = zero() / zero();
    /* In memory, where no register has more bits. */
    volatile double least, half;
    float small = 1.5f;
    unsigned char expected[8], found[8];
    int word = 1, big = *(unsigned char *)&word == 0, i;
    static const unsigned char minus_one_and_a_half[8] = {0xbf, 0xf8, 0, 0, 0, 0, 0, 0};
    kit_equal("size of float", 4, (long)sizeof(float));
    kit_equal("size of double", 8, (long)sizeof(double));
    kit_number("size of long double", (long)sizeof(long double));
    for (i = 0; i < 8; i++)
        expected[i] = minus_one_and_a_half[big ? i : 7 - i];
    memcpy(found, &one, 8);
    kit_octets("double is IEEE 754 in the byte order of int", expected, 8, found, 8);
    expected[big ? 0 : 3] = 0x3f;
    expected[big ? 1 : 2] = 0xc0;
    expected[big ? 2 : 1] = expected[big ? 3 : 0] = 0;
    memcpy(found, &small, 4);
    kit_octets("float is IEEE 754 in the byte order of int", expected, 4, found, 4);
    kit_check("0/0 is not equal to itself", nan != nan, "unequal", "equal");
    octets("0/0 in memory", &nan, sizeof nan);
    one = 1.0 / 3.0;
    octets("1/3 in memory", &one, sizeof one);
    small = 16777216.0f;
    one = small + 1.0f;
    kit_fact("float sums", one == 16777216.0 ? "as float" : "in more than float");
    {
        volatile double a = 1.0 + 1.0 / 134217728.0, c = -1.0 - 1.0 / 67108864.0;
        double x = a, y = a, z = c;
        x = x * y + z;
        kit_fact("a*b+c", x == 0.0 ? "rounded twice" : "rounded once: contracted, results may differ in the last bit");
    }
    least = 4.9406564584124654e-324;
    half = least / 2.0;
    kit_check("subnormal numbers are kept", least != 0.0 && half == 0.0, "kept", "flushed to zero");
}

static void layouts(void)
{
    struct bits word;
    unsigned int value;
    kit_number("offset of short behind char", (long)offsetof(struct char_short, s));
    kit_number("offset of int behind char", (long)offsetof(struct char_int, i));
    kit_number("offset of long behind char", (long)offsetof(struct char_long, l));
    kit_number("offset of float behind char", (long)offsetof(struct char_float, f));
    kit_number("offset of double behind char", (long)offsetof(struct char_double, d));
    kit_number("offset of double behind int", (long)offsetof(struct int_double, d));
    kit_number("offset of an address behind char", (long)offsetof(struct char_address, p));
    kit_number("size of three chars in a struct", (long)sizeof(struct three));
    memset(&word, 0, sizeof word);
    word.a = 1;
    memcpy(&value, &word, sizeof value);
    kit_fact("bit fields begin at", value == 1 ? "the least significant bit" : value == 1u << 28 ? "the most significant bit" : "another bit");
}

static void system_facts(void)
{
    struct sigaction action;
    kit_number("descriptors of an fd_set", (long)FD_SETSIZE);
    kit_number("descriptors of this process", (long)sysconf(_SC_OPEN_MAX));
    kit_number("ticks of times() in a second", (long)sysconf(_SC_CLK_TCK));
#ifdef MSG_NOSIGNAL
    kit_fact("MSG_NOSIGNAL", "there");
#else
    kit_fact("MSG_NOSIGNAL", "not there: SIGPIPE is ignored while something is sent");
#endif
    if (sigaction(SIGPIPE, 0, &action) == 0)
        kit_fact("SIGPIPE at the start", action.sa_handler == SIG_DFL ? "default" : action.sa_handler == SIG_IGN ? "ignored" : "a handler");
}

int main(void)
{
    integers();
    numbers();
    layouts();
    system_facts();
    return kit_end("facts");
}
