/* @(#) codec.c acceptance kit of cmp-bridge: the runtime's XDR against octets that RFC 4506 and IEEE 754 prescribe */
#include "kit.h"
#include "cmpb_runtime.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cmpb_xdr out;

static void start(void)
{
    out.at = out.end = 0;
    out.walk = CMPB_ENCODE;
    out.bad = 0;
}

/* Reads what stands in `octets`. */
static cmpb_xdr reading(const unsigned char *octets, size_t size)
{
    static unsigned char copy[512];
    cmpb_xdr x;
    memset(&x, 0, sizeof x);
    memcpy(copy, octets, size);
    x.data = copy;
    x.end = x.room = size;
    x.walk = CMPB_STORE;
    return x;
}

static void integer(const char *name, void *value, int width, const unsigned char *octets, size_t size)
{
    char label[80];
    unsigned char again[8];
    int bytes = width < 0 ? -width : width;
    cmpb_xdr x = reading(octets, size);
    start();
    if (bytes == 8)
        cmpb_hypers(&out, value, 1, width);
    else
        cmpb_ints(&out, value, 1, width);
    kit_octets(name, octets, size, out.data, out.at);
    memset(again, 0x5a, sizeof again);
    if (bytes == 8)
        cmpb_hypers(&x, again, 1, width);
    else
        cmpb_ints(&x, again, 1, width);
    sprintf(label, "%s, read", name);
    kit_octets(label, (unsigned char *)value, (size_t)bytes, again, (size_t)bytes);
    kit_check("  all of it", !x.bad && x.at == x.end, "good", "bad or not all");
}

static void number(const char *name, double value, const unsigned char *octets)
{
    char label[80];
    double again = 7.0;
    cmpb_xdr x = reading(octets, 8);
    start();
    cmpb_floats(&out, &value, 1, 8);
    kit_octets(name, octets, 8, out.data, out.at);
    cmpb_floats(&x, &again, 1, 8);
    sprintf(label, "%s, read", name);
    kit_check(label, value == again || (value != value && again != again), "the value", "another");
}

static void integers(void)
{
    static const unsigned char minus_two[4] = {0xff, 0xff, 0xff, 0xfe}, large[4] = {0x81, 0x02, 0x03, 0x04};
    static const unsigned char word[4] = {0, 0, 0x81, 0x02}, minus_short[4] = {0xff, 0xff, 0x81, 0x02};
    static const unsigned char octet[4] = {0, 0, 0, 0xfe}, hyper[8] = {0x81, 2, 3, 4, 5, 6, 7, 8};
    int i = -2;
    unsigned int u = 0x81020304u;
    short s = (short)-32510;
    unsigned short us = 0x8102;
    unsigned char uc = 0xfe;
    signed char sc = -2;
    unsigned char eight[8];
    int one = 1, k, big = *(unsigned char *)&one == 0;
    integer("int -2", &i, -4, minus_two, 4);
    integer("unsigned int 0x81020304", &u, 4, large, 4);
    integer("short -32510 as int", &s, -2, minus_short, 4);
    integer("unsigned short 0x8102 as unsigned int", &us, 2, word, 4);
    integer("unsigned char 0xfe as unsigned int", &uc, 1, octet, 4);
    integer("signed char -2 as int", &sc, -1, minus_two, 4);
    for (k = 0; k < 8; k++)
        eight[k] = hyper[big ? k : 7 - k];
    integer("eight bytes as hyper", eight, 8, hyper, 8);
}

static void numbers(void)
{
    static const unsigned char pi[8] = {0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18};
    static const unsigned char minus_zero[8] = {0x80, 0, 0, 0, 0, 0, 0, 0};
    static const unsigned char infinite[8] = {0x7f, 0xf0, 0, 0, 0, 0, 0, 0};
    static const unsigned char nan[8] = {0x7f, 0xf8, 0, 0, 0, 0, 0, 0};
    static const unsigned char least[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    static const unsigned char third[4] = {0x3e, 0xaa, 0xaa, 0xab}, nan4[4] = {0x7f, 0xc0, 0, 0};
    volatile double zero = 0.0;
    float f = 1.0f / 3.0f;
    number("double pi", 3.14159265358979323846, pi);
    number("double -0.0", -zero, minus_zero);
    number("double infinity", 1.0 / zero, infinite);
    number("double 0/0 is the NaN of IEEE 754-2008", zero / zero, nan);
    number("double 0/0 with a sign", -(zero / zero), nan);
    number("double 2**-1074", 4.9406564584124654e-324, least);
    start();
    cmpb_floats(&out, &f, 1, 4);
    kit_octets("float 1/3", third, 4, out.data, out.at);
    f = (float)(zero / zero);
    start();
    cmpb_floats(&out, &f, 1, 4);
    kit_octets("float 0/0", nan4, 4, out.data, out.at);
}

static void texts(void)
{
    static const unsigned char five[8] = {'t', 'r', 'a', 'm', 'e', 0, 0, 0};
    static const unsigned char dirty[8] = {'t', 'r', 'a', 'm', 'e', 0, 0, 1};
    static const unsigned char text[12] = {0, 0, 0, 5, 't', 'r', 'a', 'm', 'e', 0, 0, 0};
    char word[8];
    cmpb_xdr x = reading(five, 8);
    start();
    strcpy(word, "trame");
    cmpb_bytes(&out, word, 5);
    kit_octets("five octets and their padding", five, 8, out.data, out.at);
    memset(word, 0, sizeof word);
    cmpb_bytes(&x, word, 5);
    kit_check("five octets, read", !x.bad && strcmp(word, "trame") == 0, "trame", word);
    x = reading(dirty, 8);
    cmpb_bytes(&x, word, 5);
    kit_check("padding that is not zero is refused", x.bad, "refused", "taken");
    start();
    cmpb_text(&out, word);
    kit_octets("a text with its length", text, 12, out.data, out.at);
}

/* What lies is refused, before anything is stored. */
static void refusals(void)
{
    static const unsigned char short_one[7] = {0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d};
    static const unsigned char many[4] = {0xff, 0xff, 0xff, 0xff};
    static const unsigned char beyond[4] = {0, 1, 0, 0}, sixteen[4] = {0, 0, 0, 16}, minus_one[4] = {255, 255, 255, 255};
    static const unsigned char large[8] = {0, 0, 0, 1, 0, 0, 0, 0};
    long here = 9;
    double value = 7.0;
    unsigned short narrow = 9;
    size_t count = 3;
    cmpb_xdr x = reading(short_one, 7);
    cmpb_floats(&x, &value, 1, 8);
    kit_check("a double that is cut off is refused", x.bad && value == 7.0, "refused", "taken");
    x = reading(many, 4);
    cmpb_count(&x, &count, 8);
    kit_check("a length of four thousand million is refused", x.bad, "refused", "taken");
    x = reading(beyond, 4);
    cmpb_ints(&x, &narrow, 1, 2);
    kit_check("65536 does not fit an unsigned short", x.bad && narrow == 9, "refused", "taken");
    x = reading(large, 8);
    cmpb_hypers(&x, &here, 1, -(int)sizeof here);
#if LONG_MAX > 2147483647L
    kit_check("2**32 fits a long", !x.bad && here == 4294967296L, "taken", "refused, or another value");
#else
    kit_check("2**32 does not fit a long", x.bad && here == 9, "refused", "taken");
#endif
    x = reading(sixteen, 4);
    cmpb_bits(&x, 0, 5, 1);
    kit_check("16 does not fit five bits with a sign", x.bad, "refused", "taken");
    x = reading(minus_one, 4);
    kit_check("-1 fits five bits with a sign", (cmpb_bits(&x, 0, 5, 1) & 31) == 31 && !x.bad, "taken", "refused");
    x = reading(minus_one, 4);
    cmpb_bits(&x, 0, 5, 0);
    kit_check("-1 does not fit five bits without", x.bad, "refused", "taken");
}

/* An element is written only where it differs as it travels: a NaN keeps its very bits. */
static void only_what_differs(void)
{
    unsigned char memory[16], before[16];
    volatile double zero = 0.0;
    double nan = zero / zero, one = 1.0;
    int one_word = 1, big = *(unsigned char *)&one_word == 0;
    static const unsigned char same[16] = {0x7f, 0xf8, 0, 0, 0, 0, 0, 0, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0};
    cmpb_xdr x = reading(same, 16);
    memcpy(memory, &nan, 8);
    memcpy(memory + 8, &one, 8);
    memory[big ? 7 : 0] = 0x2a;
    memcpy(before, memory, 16);
    cmpb_floats(&x, memory, 2, 8);
    kit_octets("what did not change keeps its bits", before, 16, memory, 16);
}

int main(void)
{
    memset(&out, 0, sizeof out);
    integers();
    numbers();
    texts();
    refusals();
    only_what_differs();
    free(out.data);
    return kit_end("codec");
}
