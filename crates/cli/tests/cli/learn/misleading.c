/* Routines that mislead whoever concludes too much from what was touched, each beside one that does not. */
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <unistd.h>

__thread int of_thread;
int cells[4];
int *cell = &cells[1];
double *heap;
int tuned;

/* effects: what they write is not seen by a comparison, but for the last one */
void set_thread(int k) { of_thread = k; }
int add_thread(int k) { of_thread += k; return of_thread; }
void through(int k) { *cell = k; }
double on_heap(int i) { heap[i % 10] += 1; return heap[i % 10]; }
int rarely_through(int k) { if (k == -1) *cell = k; return k + 1; }
void only_mine(int *out, int k) { *out = k + tuned; }

/* text and counted bytes */
void copy(char *to, const char *from, int n) { memcpy(to, from, n); }
int add(const char *p, int n) { int s = 0; for (int i = 0; i < n; i++) s += p[i]; return s; }
int length(const char *s) { int n = 0; while (s[n]) n++; return n; }

/* which elements are touched is data; and is not */
void histogram(const unsigned char *d, int n, int *h) { for (int i = 0; i < n; i++) h[d[i]]++; }
void scatter(double *a, int k) { a[k - 1] = k * 0.5 + 1; }
double norm(const double *x) { return x[0] * x[0] + x[1] * x[1] + x[2] * x[2]; }

/* as memset and compilers clear the first of some elements */
__attribute__((target("avx"))) void clear_masked(double *b, int m)
{
    __m256i lanes = _mm256_set_epi64x(m > 3 ? -1 : 0, m > 2 ? -1 : 0, m > 1 ? -1 : 0, -1);
    _mm256_maskstore_pd(b, lanes, _mm256_setzero_pd());
}
void clear(double *b, int m) { for (int i = 0; i < m; i++) *(volatile double *)&b[i] = 0; }

/* written in part, in full, and perhaps read */
struct pair { int a; double b; };
void part(struct pair *p, int k) { p->a = k * k + 3; }
void both(struct pair *p, int k) { p->a = k * k + 3; p->b = k; }
int may_read(int *o, int k) { int was = 0; if (k == -7) was = *o; *o = k; return was; }

int main(int argc, char **argv)
{
    char text[64], to[64];
    unsigned char bytes[16];
    int h[256], out = 0;
    long sum = 0;
    double a[64] = { 0 }, x[3], six[6];
    (void)argv;
    heap = calloc(10, sizeof *heap);
    for (int i = 0; i < 60; i++) {
        struct pair p = { 1, 2 };
        strcpy(text, "the quick brown fox jumps" + i % 7);
        copy(to, text, 1 + i % 9);
        sum += add(text, 1 + i % 5) + length(text);
        for (int k = 0; k < 16; k++) bytes[k] = 'a' + (i * k) % 21;
        bytes[0] = 'v';
        memset(h, 0, sizeof h);
        histogram(bytes, 1 + i % 11, h);
        sum += h[118];
        scatter(a, 1 + i % 9);
        for (int k = 0; k < 3; k++) x[k] = i * k + 0.5;
        sum += norm(x);
        for (int k = 0; k < 6; k++) six[k] = k + 1;
        clear_masked(six, i % 4 + 1);
        sum += six[0] + six[5];
        for (int k = 0; k < 6; k++) six[k] = k + 1;
        clear(six, i % 4 + 1);
        sum += six[0] + six[5];
        tuned = i;
        set_thread(i); sum += add_thread(i); through(i); sum += on_heap(i) + rarely_through(i);
        only_mine(&out, i); sum += out;
        part(&p, i); sum += p.a + (long)p.b;
        both(&p, i); sum += p.b;
        out = i; sum += may_read(&out, i);
    }
    printf("%ld\n", sum);
    fflush(stdout);
    if (argc > 1) { kill(getppid(), SIGTERM); sleep(1); }
    return 0;
}
