/* Shapes of C that are rare, and places where an ABI is easily got wrong. */
#include <complex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* One byte, three values packed; passed in a register. */
struct bits {
    unsigned low : 3;
    signed middle : 5;
    unsigned high : 9;
    unsigned long wide : 40;
};
union word {
    unsigned long u;
    double d;
    unsigned char bytes[8];
};
/* More than a register pair: in memory. */
union large {
    long words[5];
    char text[40];
};
struct pair {
    long double x;
    _Bool ok;
};

long double complex turned(long double complex z) { return z * I; }
long double stretched(long double x, int by) { return x * by; }
long double complex from_polar(long double r, double scale) { return r * scale + 2 * r * I; }
struct pair paired(struct pair p, _Bool flip)
{
    p.x = -p.x;
    p.ok = p.ok != flip;
    return p;
}
_Bool both(_Bool a, _Bool b) { return a && b; }
struct bits mixed(struct bits b, int add)
{
    b.low += add;
    b.middle -= add;
    b.wide += b.high;
    return b;
}
union word exchanged(union word w, union word v)
{
    w.u ^= v.u;
    return w;
}
union large grown(union large g, long by)
{
    int i;
    for (i = 0; i < 5; i++)
        g.words[i] += by;
    return g;
}
double summed(double (*f)(double, void *), void *user, int n)
{
    double all = 0;
    int i;
    for (i = 0; i < n; i++)
        all += f(i, user);
    return all;
}
double weighted(double x, void *user) { return x * *(double *)user; }
/* Of the old form, under a prototype: `gain` arrives as a double, and debug information says float. */
double corrected(double, int, double);
double corrected(x, n, gain)
double x;
int n;
float gain;
{
    return n > 0 ? x * gain : x / gain;
}
double plain(double x, int n, float gain) { return n > 0 ? x * gain : x / gain; }
/* Returns code. */
double (*chosen(int which))(double, void *) { return which ? weighted : 0; }
long added(int n, ...)
{
    long all = 0;
    va_list list;
    va_start(list, n);
    while (n-- > 0)
        all += va_arg(list, long);
    va_end(list);
    return all;
}
/* 36 doubles and four integers: 28 words on the stack. */
double forty(double a0, double a1, double a2, double a3, double a4, double a5, double a6, double a7, double a8,
             double a9, int i0, double a10, double a11, double a12, double a13, double a14, double a15, double a16,
             double a17, double a18, long i1, double a19, double a20, double a21, double a22, double a23, double a24,
             double a25, double a26, double a27, short i2, double a28, double a29, double a30, double a31, double a32,
             double a33, double a34, double a35, char i3)
{
    return a0 + 2 * a1 + a2 + a3 + a4 + a5 + a6 + 3 * a7 + a8 * a9 + a10 + a11 + a12 + a13 + a14 + a15 + a16 + a17 +
           a18 + a19 + a20 + a21 + a22 + a23 + a24 + a25 + a26 + a27 + a28 + a29 + a30 + a31 + a32 + a33 + a34 +
           a35 / 7 + i0 + i1 * 10 + i2 * 100 + i3 * 1000;
}
/* 40 words, all on the stack but six. */
long words(long a0, long a1, long a2, long a3, long a4, long a5, long a6, long a7, long a8, long a9, long a10, long a11,
           long a12, long a13, long a14, long a15, long a16, long a17, long a18, long a19, long a20, long a21,
           long a22, long a23, long a24, long a25, long a26, long a27, long a28, long a29, long a30, long a31,
           long a32, long a33, long a34, long a35, long a36, long a37, long a38, int *last)
{
    *last = (int)(a38 - a0);
    return a0 - a1 + a2 - a3 + a4 - a5 + a6 - a7 + a8 - a9 + a10 - a11 + a12 - a13 + a14 - a15 + a16 - a17 + a18 - a19 +
           a20 - a21 + a22 - a23 + a24 - a25 + a26 - a27 + a28 - a29 + a30 - a31 + a32 - a33 + a34 - a35 + a36 - a37 +
           a38;
}
