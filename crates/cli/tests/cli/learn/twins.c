/* Routines whose facts are known here, right ones and ones that mislead whoever looks at few calls. */
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <stdlib.h>

struct bits { unsigned kind : 3; unsigned count : 5; unsigned rest : 24; };
struct handle { int32_t id; int32_t where; double size; };

/* state */
int counter = 0;
double gains[4] = { 1.0, 2.0, 3.0, 4.0 };       /* set by main: state */
double table[4] = { 0.5, 0.25, 0.125, 0.0625 }; /* never changed */

double sum_n(const double *x, int n) { double s = 0; for (int i = 0; i < n; i++) s += x[i]; return s; }
/* n is 6 in all calls */
double sum_six(const double *x, int n) { double s = 0; for (int i = 0; i < n; i++) s += x[i]; return s; }
/* 2*m-1 elements, written */
void odd(double *y, int m) { for (int i = 0; i < 2 * m - 1; i++) y[i] = i * 0.5; }
/* n*m elements, written, the first of each row from what stood there */
void grid(double *g, int n, int m) { for (int i = 0; i < n; i++) for (int j = 0; j < m; j++) g[i * m + j] = j ? i + j : g[i * m] + 1; }
/* three elements whatever n is */
void three(double *v, int n) { v[0] = n; v[1] = 2 * n; v[2] = 3 * n; }
/* both lengths are always equal */
double dot(const double *a, int na, const double *b, int nb) { double s = 0; for (int i = 0; i < na && i < nb; i++) s += a[i] * b[i]; return s; }
/* writes what it reads only once in a while */
int rarely(int n, int *cell) { int seen = *cell; if (n == 777) *cell = n + seen; return seen; }
/* only reads it */
int never(int n, int *cell) { return *cell + n; }
/* the address is null once */
void maybe(int *p, int n) { if (p) *p = n; }
/* sets one field of a word: what stood in the others stays */
void set_count(struct bits *b, unsigned n) { b->count = n; }
/* sets all of it, reading the word around each field */
__attribute__((optimize("no-store-merging"))) void set_all(struct bits *b, unsigned n) { b->kind = n; b->count = n; b->rest = n; }
/* 0 good, negative: y not written */
int halve(int n, int *y) { if (n < 0) return -2; if (n > 1000) return -1; *y = n / 2; return 0; }
/* a value that is 0 in most calls: no status */
int rest_of(int n, int *q) { *q = n / 10; return n % 10 == 3 ? 3 : 0; }
/* always 0 */
int always(int n, int *q) { *q = n; return 0; }
/* reads and writes a global */
int count_calls(int n) { counter += n; return counter; }
/* reads one that others write, and a table */
double gain(int i) { return gains[i & 3] * table[i & 3]; }
/* text */
int spaces(const char *s) { int n = 0; for (; *s; s++) n += *s == ' '; return n; }
/* two areas that overlap */
void copy_n(int *to, const int *from, int n) { for (int i = 0; i < n; i++) to[i] = from[i]; }
/* prints */
void say(int n) { printf("n is %d\n", n); fflush(stdout); }
/* can print, and never does here */
int quiet(int n) { if (n == 123456) puts("never"); return n + 1; }
/* a field holds part of an address */
void open_handle(struct handle *h, int n) { h->id = n; h->where = (int32_t)(intptr_t)h; h->size = n * 0.25; }
/* the last bits depend on where things are */
double noisy(const double *x, int n) { double s = 0; for (int i = 0; i < n; i++) s += x[i]; return s * (1 + ((((uintptr_t)x >> 21) & 1) * 5e-16)); }
/* all of it does */
double wild(const double *x, int n) { return (double)((((uintptr_t)x >> 21) & 0xffff) + n); }

#define KEEP __attribute__((noinline, noclone))
static volatile double sink;

int main(void)
{
    double x[64], y[64], six[6];
    struct bits b = { 0, 0, 0 };
    int q, cell = 5, list[16];
    for (int i = 0; i < 64; i++) x[i] = i * 1.5 + 0.1;
    for (int i = 0; i < 16; i++) list[i] = i;
    for (int i = 1; i < 40; i++) {
        x[3] = i * 0.7; x[0] = i * 0.01;
        for (int k = 0; k < 6; k++) six[k] = i + k * 0.3;
        sink += sum_n(x + (i & 7), i);
        sink += sum_six(six, 6);
        memset(y, i, sizeof y); odd(y, 1 + i % 20);
        memset(y, i, sizeof y); grid(y, 1 + i % 5, 2 + i % 7);
        memset(y, i, sizeof y); three(y, i);
        sink += dot(x, i % 9, six + 0, i % 9 > 6 ? 6 : i % 9) ;
        q = 0; maybe(i == 20 ? NULL : &q, i); sink += q;
        q = i; sink += never(i, &q);
        set_count(&b, i & 31); sink += b.kind + b.count;
        set_all(&b, i & 7); sink += b.rest;
        q = 1000 + i; sink += halve(i == 7 ? -5 : i == 9 ? 2000 : i * 3, &q);
        q = 1; sink += rest_of(i, &q);
        q = 1; sink += always(i, &q);
        sink += count_calls(i);
        gains[i & 3] += i;
        sink += gain(i);
        sink += spaces(i & 1 ? "one two" : i % 3 ? "a b c" : "plain");
        copy_n(list + (i == 11 ? 0 : 8), list, 1 + i % 8);
        sink += quiet(i);
        struct handle h; open_handle(&h, i); sink += h.size;
        sink += noisy(x, i);
        sink += wild(x, i);
    }
    for (int i = 0; i < 1000; i++) sink += rarely(i, &cell);
    say(1); say(2);
    printf("%d %d\n", counter, cell);
    return 0;
}
