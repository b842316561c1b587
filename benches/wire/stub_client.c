/* A legacy program with the C89 stub: stub_client ROUTE, where ROUTE is `direct`, `legacy`, `rust` or `shadow`. The server is
 * that of CMP_BRIDGE_SERVER. */
#include "bench_stub.h"
#include "loop.h"
#include <poll.h>
#include <string.h>

struct bench_block {
    double v[15];
};
extern double bench_weigh(struct bench_block *block, double x);
extern double legacy_bench_weigh(struct bench_block *block, double x);

static struct bench_block block;

__attribute__((noinline)) double legacy_bench_weigh(struct bench_block *of, double x)
{
    return of->v[0] * x + of->v[14];
}

static void check(double value)
{
    if (value != 3.0 * 2.0 + 5.0)
        exit(1);
}

static void direct(void)
{
    check(legacy_bench_weigh(&block, 2.0));
}

static void stubbed(void)
{
    check(bench_weigh(&block, 2.0));
}

/* What was recorded is sent before the next round; a dropped call is an error, not a figure. */
static void told(void)
{
    int i;
    for (i = 0; i < 20; i++) {
        cmpb_flush(&bench_stub);
        poll(0, 0, 1);
    }
    if (bench_stub.dropped)
        exit(3);
}

int main(int argc, char **argv)
{
    int route = argc != 2                      ? -1
                : strcmp(argv[1], "legacy") == 0 ? CMPB_LEGACY
                : strcmp(argv[1], "rust") == 0   ? CMPB_RUST
                : strcmp(argv[1], "shadow") == 0 ? CMPB_SHADOW
                                                 : -1;
    block.v[0] = 3.0;
    block.v[14] = 5.0;
    if (argc == 2 && strcmp(argv[1], "direct") == 0)
        return loop(direct, 0);
    if (route < 0)
        return 2;
    cmpb_route(&bench_stub, "*", route);
    return loop(stubbed, route == CMPB_SHADOW ? told : 0);
}
