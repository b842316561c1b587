#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

double odd_dot(const double *a, const double *b, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

void odd_add(double *a, double *b, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        a[i] += b ? b[i] : 100;
        if (b)
            b[i] = -b[i];
    }
}

void odd_row_sums(const double (*m)[3], int32_t rows, double *sums)
{
    for (int32_t i = 0; i < rows; i++)
        sums[i] = m[i][0] + m[i][1] + m[i][2];
}

int32_t odd_crc(const uint8_t *buf, uint8_t n)
{
    int32_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += buf[i];
    return sum;
}

int32_t odd_sum16(const int32_t *x, int16_t n)
{
    int32_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

uint8_t odd_st8(int32_t x) { return (uint8_t)x; }

uint32_t odd_hres(int32_t x) { return x == -1 ? 0xffffffffu : x >= 0 ? (uint32_t)x : 0x80004005u; }

void odd_send(char *t, uint8_t n)
{
    if (t)
        memset(t, 'A', n);
}

int32_t odd_some(int32_t *x, int32_t n, char *t)
{
    (void)t;
    if (n > 0)
        x[0] = 9;
    return -1;
}

const char *odd_skip(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

char *odd_copy(const char *t) { return strcpy(malloc(strlen(t) + 1), t); }

void odd_names(char (*t)[8], int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        t[i][0] = (char)('a' + i);
}

double norm(double x, const char *text) { return x < 0 ? -x : x + (double)strlen(text); }

bool odd_none(const double *x) { return x == NULL; }

uint8_t odd_next(uint8_t c) { return c == 200 ? 1 : 200; }
