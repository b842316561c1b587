/* Calls generated subprograms and prints what they saw and what came back, one line each, for the test to compare. */
#include <stdio.h>
#include <string.h>
typedef unsigned long u64;
extern void adainit(void);
extern void call_bits(void *, const u64 *, const u64 *, const u64 *, u64, u64 *, u64);
static u64 G[6], X[8], S[64], OUT[6];
static const unsigned char *FILL[64];
static long FILL_SIZE[64];

static void hex(const void *data, long bytes)
{
    long i;
    for (i = 0; i < bytes; i++) printf("%02x", ((const unsigned char *)data)[i]);
    printf("\n");
}

static void show(const char *what, int param, const void *data, long bytes)
{
    printf("%s %d ", what, param);
    hex(data, bytes);
}

/* The subprogram received these bits. */
void log_bits(int param, const void *data, long bytes) { show("got", param, data, bytes); }

/* The subprogram sets an output to what the test wants to see come back. */
void fill_bits(int param, void *data, long bytes)
{
    printf("set %d %ld\n", param, bytes);
    if (FILL[param]) memcpy(data, FILL[param], bytes < FILL_SIZE[param] ? bytes : FILL_SIZE[param]);
}

static void fresh(void)
{
    memset(G, 0xe5, sizeof G);
    memset(X, 0xe6, sizeof X);
    memset(S, 0xe7, sizeof S);
    memset(OUT, 0, sizeof OUT);
    memset(FILL, 0, sizeof FILL);
}
