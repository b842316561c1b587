/* shapes.h - every shape a C routine can have, as far as generated code goes */
#ifndef SHAPES_H
#define SHAPES_H
#include <stddef.h>
#include <stdbool.h>

typedef struct { double x, y; } point;
typedef struct { int day; double sec; } date;
typedef struct { float slope, origin; } line;
typedef struct { double v[5]; } limits;
typedef enum { MODE_OFF = 0, MODE_ON = 1, MODE_SAFE = 7 } mode;
typedef struct {
    unsigned int version : 2;
    unsigned int satellite : 10;
    int          gain : 5;
    unsigned char channel;
    short        rate;
    unsigned int count : 20;
} header;
typedef union { unsigned int u; float f; unsigned char b[4]; } word;
typedef struct __attribute__((packed)) { char tag; double value; short rank; } packet;
typedef struct { int calls; double total; } tally;

extern tally the_tally;
extern int the_table[4];

double scale(double x, int k);
double dot(const double *a, const double *b, int n);
void fill(double *out, size_t n, double v);
int row_sums(const double *m, int rows, int cols, double *sums);
long window(const int *x, int m);
double norm(point p);
point middle(point a, point b);
date later(date d, double dt);
line through(point a, point b);
limits widen(limits l, double by);
void retune(header *h, int gain);
unsigned int packed_word(header h);
mode next_mode(mode m, bool safe);
bool is_on(mode m);
void divide(const double *a, const double *b, double *q, int *ier);
int parse(const char *text, int *value);
double root(double x, int *ier);
int optional(const double *by, double *out, point *p);
int tick(int step);
double many(double a, double b, double c, double d, double e, double f, double g, double h, double i, double j,
            int k, long l, int m, short n, int o, int p, signed char q, unsigned char r);
void exchange(int *a, int *b);
size_t stamp(char *buf, size_t n);
void *pass(void *handle, void *user);
double _Complex turn(double _Complex z);
float _Complex turnf(float _Complex z);
unsigned int bits_of(word w);
void set_word(word *w, float f);
double unpack(const packet *p);
void add_long(long double *x, const long double *y);
void nothing(void);
mode verify(const int *x, unsigned char *copy);
#endif
