/* Every shape of C parameter and record that a contract can hold, and those it refuses. */
#include <complex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum { TM_OFF, TM_ON = 5, TM_LOST = -3 } tm_mode;
enum band { BAND_S = 1, BAND_X };

struct tm_link; /* opaque */

typedef double real;

struct tm_header {
    short apid;
    struct {
        int count;
        union {
            int i;
            float f;
        } u;
    } body;
    unsigned version : 3, type : 7;
    signed rate : 12;
    unsigned char tail[];
};

typedef struct {
    double attitude[2][3];
    char name[16];
    struct tm_link *link;
    const struct tm_header *header;
    int (*decode)(int);
    bool valid;
    long double clock;
    double _Complex phase;
    enum band band;
} tm_frame;

typedef struct {
    float x, y;
} point;

#pragma pack(push, 1)
struct packed {
    char tag;
    double value;
    unsigned a : 5, b : 30;
};
#pragma pack(pop)

typedef int quad __attribute__((vector_size(16)));

static int total;
int table[4];

int k_and_r(a, b, c)
int a;
float b;
short c;
{
    return a + (int)b + c;
}

point scaled(point p, float k)
{
    p.x *= k;
    p.y *= k;
    return p;
}

int all_kinds(const tm_frame *f, struct tm_header *h, char *s, const char *cs, void *user, struct tm_link *link,
              int (*callback)(void *, int), double *d, const double axis[3], char **list, tm_mode mode, real r, uint8_t u8,
              long double ld, float _Complex fc, bool t, unsigned char *buf)
{
    static int calls;
    total += ++calls;
    *d = r + axis[1];
    buf[0] = u8;
    return callback(user, total + mode + (int)ld + t + f->valid + h->rate + s[0] + cs[0] + (int)crealf(fc) + (list != 0) +
                              (link != 0));
}

int log_line(const char *format, ...)
{
    va_list a;
    va_start(a, format);
    int x = va_arg(a, int);
    va_end(a);
    return x;
}

int log_list(const char *format, va_list list) { return format[0] + va_arg(list, int); }

struct tm_header *last_header(void) { return 0; }

const char *version(void) { return "@(#) shapes 1"; }

void nothing(void) { table[1]++; }

int no_prototype() { return 3; }

static __attribute__((noinline)) int local(int x)
{
    total += x;
    return total;
}

static inline int tripled(int x) { return x * 3; }

int uses_local(int a) { return local(a) + tripled(a); }

int vla(int n, int m, double a[n][m]) { return (int)a[0][n - 1]; }

quad vector(quad a) { return a; }

__int128 wide(__int128 a) { return a; }

void matrix(int a[2][3], volatile int *p, point *restrict q, enum { FIRST, SECOND } which)
{
    a[1][1] = *p + (int)q->x + which;
}

double packed_sum(struct packed p, const struct packed *q) { return p.value + q->value + p.b; }

int to_file(FILE *out, int n)
{
    static const int limits[2] = {3, 4};
    static char buffer[20];
    buffer[n % 20] = (char)limits[n & 1];
    return fprintf(out, "%s", buffer);
}

long long widths(signed char a, unsigned short b, unsigned long c, long long d) { return a + b + (long long)c + d; }
