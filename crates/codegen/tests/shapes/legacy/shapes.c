#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "shapes.h"

tally the_tally = { 3, 1.5 };
int the_table[4] = { 10, 20, 30, 40 };

double scale(double x, int k) { return x * k; }
double dot(const double *a, const double *b, int n)
{
    double s = 0;
    int i;
    for (i = 0; i < n; i++) s += a[i] * b[i];
    return s;
}
void fill(double *out, size_t n, double v) { while (n-- > 0) *out++ = v; }
int row_sums(const double *m, int rows, int cols, double *sums)
{
    int r, c;
    for (r = 0; r < rows; r++) {
        sums[r] = 0;
        for (c = 0; c < cols; c++) sums[r] += m[r * cols + c];
    }
    return rows * cols;
}
long window(const int *x, int m)
{
    long s = 0;
    int i;
    for (i = 0; i < 2 * m - 1; i++) s += x[i];
    return s;
}
double norm(point p) { return sqrt(p.x * p.x + p.y * p.y); }
point middle(point a, point b)
{
    point p;
    p.x = (a.x + b.x) / 2;
    p.y = (a.y + b.y) / 2;
    return p;
}
date later(date d, double dt)
{
    d.sec += dt;
    while (d.sec >= 86400) { d.sec -= 86400; d.day++; }
    return d;
}
line through(point a, point b)
{
    line l;
    l.slope = (float)((b.y - a.y) / (b.x - a.x));
    l.origin = (float)(a.y - l.slope * a.x);
    return l;
}
limits widen(limits l, double by)
{
    int i;
    for (i = 0; i < 5; i++) l.v[i] += (i - 2) * by;
    return l;
}
void retune(header *h, int gain)
{
    h->gain = gain;
    h->count = h->count + h->satellite;
    h->channel ^= 0xff;
    h->rate = -h->rate;
}
unsigned int packed_word(header h) { return h.version + 10 * h.satellite + 100000 * h.channel + h.count + h.gain; }
mode next_mode(mode m, bool safe) { return safe ? MODE_SAFE : m == MODE_OFF ? MODE_ON : MODE_OFF; }
bool is_on(mode m) { return m == MODE_ON; }
void divide(const double *a, const double *b, double *q, int *ier)
{
    *ier = -1;
    if (*b == 0) return;
    *ier = *a == 0 ? 2 : 0;
    *q = *a / *b;
}
int parse(const char *text, int *value)
{
    char *end;
    long v = strtol(text, &end, 10);
    if (end == text) return -2;
    *value = (int)v;
    return *end != 0;
}
double root(double x, int *ier)
{
    *ier = x < 0 ? -1 : 0;
    return x < 0 ? x : sqrt(x);
}
int optional(const double *by, double *out, point *p)
{
    double k = by ? *by : 1;
    if (out) *out = 10 * k;
    if (p) p->x += k;
    return (by != 0) + 2 * (out != 0) + 4 * (p != 0);
}
int tick(int step)
{
    the_tally.calls++;
    the_tally.total += step * the_table[step & 3];
    return the_tally.calls;
}
double many(double a, double b, double c, double d, double e, double f, double g, double h, double i, double j,
            int k, long l, int m, short n, int o, int p, signed char q, unsigned char r)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l + 13 * m
        + 14 * n + 15 * o + 16 * p + 17 * q + 18 * r;
}
void exchange(int *a, int *b)
{
    int t = *a;
    *a = *b;
    *b = t;
}
size_t stamp(char *buf, size_t n)
{
    size_t i;
    for (i = 0; i < n; i++) buf[i] = (char)('A' + i % 26);
    return n;
}
void *pass(void *handle, void *user) { return user ? handle : 0; }
double _Complex turn(double _Complex z) { return z * (double _Complex)1.0i; }
float _Complex turnf(float _Complex z) { return z * (float _Complex)1.0i; }
unsigned int bits_of(word w) { return w.u ^ 0xffffffffu; }
void set_word(word *w, float f) { w->f = f; }
double unpack(const packet *p) { return p->value + p->rank + p->tag; }
void add_long(long double *x, const long double *y) { *x += *y; }
void nothing(void) { the_tally.calls += 100; }
mode verify(const int *x, unsigned char *copy)
{
    *copy = (unsigned char)*x;
    return *x < 0 ? MODE_SAFE : *x > 255 ? MODE_ON : MODE_OFF;
}
