#include <complex.h>
#include <stdio.h>
struct bits { unsigned low : 3; signed middle : 5; unsigned high : 9; unsigned long wide : 40; };
union word { unsigned long u; double d; unsigned char bytes[8]; };
union large { long words[5]; char text[40]; };
struct pair { long double x; _Bool ok; };
long double complex turned(long double complex);
long double stretched(long double, int);
long double complex from_polar(long double, double);
struct pair paired(struct pair, _Bool);
_Bool both(_Bool, _Bool);
struct bits mixed(struct bits, int);
union word exchanged(union word, union word);
union large grown(union large, long);
double summed(double (*)(double, void *), void *, int);
double (*chosen(int))(double, void *);
double corrected(double, int, double);
double plain(double, int, float);
long added(int, ...);
double forty(double, double, double, double, double, double, double, double, double, double, int, double, double, double,
             double, double, double, double, double, double, long, double, double, double, double, double, double,
             double, double, double, short, double, double, double, double, double, double, double, double, char);
long words(long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long,
           long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long,
           long, long, long, int *);

int main(void)
{
    long double complex z = turned(1.25L + 3.5L * I), p = from_polar(0.1L, 3);
    struct pair q = { 2.75L, 1 }, r = paired(q, 1), s = paired(q, 0);
    struct bits b = { 6, -9, 300, 0xabcdef0123 }, c = mixed(b, 1);
    union word w = { 0x123456789abcdef0 }, v = { .d = -1.5 }, x = exchanged(w, v);
    union large g = { { 1, 2, 3, 4, 5 } }, h = grown(g, 100);
    double weight = 0.5;
    int last;
    printf("%.20Lg %.20Lg %.20Lg %.20Lg\n", creall(z), cimagl(z), creall(p), cimagl(p));
    printf("%.20Lg\n", stretched(0.1L, 3));
    printf("%.20Lg %d %.20Lg %d %d %d\n", r.x, r.ok, s.x, s.ok, both(1, 1), both(1, 0));
    printf("%u %d %u %lx\n", c.low, c.middle, c.high, (unsigned long)c.wide);
    printf("%lx %.17g\n", x.u, x.d);
    printf("%ld %ld\n", h.words[0], h.words[4]);
    printf("%g %g %d\n", summed(chosen(1), &weight, 9), chosen(1)(3, &weight), chosen(0) == 0);
    printf("%g %g\n", corrected(3, 1, 0.375), plain(3, 0, 0.375f));
    printf("%ld\n", added(4, 1L, 20L, 300L, 4000L));
    printf("%.17g\n", forty(0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 10, 11, 12, 13, 14, 15, 16, 17, 18, -2, 19, 20, 21, 22,
                            23, 24, 25, 26, 27, -3, 28, 29, 30, 31, 32, 33, 34, 35, -4));
    printf("%ld", words(100, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
                         26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, &last));
    printf(" %d\n", last);
    return 0;
}
