/*
 * The program that is measured. Reads `CASE CALLS` lines, makes that many calls in that way, and answers with the
 * nanoseconds they took, or with `off REASON`. It knows nothing of the bridge.
 */
#define _GNU_SOURCE
#include "routines.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef WITH_LTTNG
#include "events.h"
#endif

double bench_weigh_shared(const struct bench_block *block, double x);

/* Where results go, so that no call is left out. */
static volatile double sink;
static const char *reason;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void fill(struct bench_block *block)
{
    int i;
    for (i = 0; i < 15; i++)
        block->v[i] = 1.0;
    block->v[0] = 0.5;
}

/* Each call needs the answer of the one before. */
#define CHAIN(routine, block)                                                                      \
    do {                                                                                           \
        double x = 1.0, began = now();                                                             \
        long i;                                                                                    \
        for (i = 0; i < calls; i++)                                                                \
            x = routine(block, x);                                                                 \
        began = now() - began;                                                                     \
        sink = x;                                                                                  \
        return began;                                                                              \
    } while (0)

#define STACK(name, routine)                                                                       \
    static double name(long calls)                                                                 \
    {                                                                                              \
        struct bench_block block;                                                                  \
        fill(&block);                                                                              \
        CHAIN(routine, &block);                                                                    \
    }

#define TURN(name, routine)                                                                        \
    static double name(long calls)                                                                 \
    {                                                                                              \
        struct bench_block block;                                                                  \
        double began;                                                                              \
        long i;                                                                                    \
        fill(&block);                                                                              \
        began = now();                                                                             \
        for (i = 0; i < calls; i++)                                                                \
            routine(&block);                                                                       \
        began = now() - began;                                                                     \
        sink = block.v[0];                                                                         \
        return began;                                                                              \
    }

STACK(direct, bench_weigh_direct)
STACK(hooked, bench_weigh)
STACK(naive, bench_weigh_naive)
STACK(shared, bench_weigh_shared)
STACK(probed, bench_weigh_probed)
TURN(turn_direct, bench_turn_direct)
TURN(turn_hooked, bench_turn)

static double heap(long calls)
{
    static struct bench_block *block;
    if (block == NULL && (block = malloc(sizeof *block)) == NULL)
        abort();
    fill(block);
    CHAIN(bench_weigh, block);
}

#ifdef WITH_LTTNG
static double lttng(long calls)
{
    struct bench_block block;
    double x = 1.0, began;
    long i;
    if (!lttng_ust_tracepoint_enabled(cmp_bridge_bench, weigh)) {
        reason = "the session does not see the tracepoint";
        return -1.0;
    }
    fill(&block);
    began = now();
    for (i = 0; i < calls; i++) {
        lttng_ust_tracepoint(cmp_bridge_bench, weigh, block.v, x);
        x = bench_weigh_direct(&block, x);
    }
    began = now() - began;
    sink = x;
    return began;
}
#endif

/* What a detour costs that preserves nothing: five bytes of jump to another function. */
static void detour(void)
{
    unsigned char *entry = (unsigned char *)(uintptr_t)bench_weigh_naive;
    unsigned char *page = (unsigned char *)((uintptr_t)entry & ~(uintptr_t)4095);
    int32_t distance = (int32_t)((intptr_t)bench_weigh_landing - ((intptr_t)entry + 5));
    if (mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
        abort();
    entry[0] = 0xe9;
    memcpy(entry + 1, &distance, 4);
    mprotect(page, 8192, PROT_READ | PROT_EXEC);
}

/* A uprobe at the entry of bench_weigh_probed that only counts. */
static int probe(void)
{
    struct perf_event_attr attr;
    char path[4096], line[4096];
    unsigned long address = (unsigned long)(uintptr_t)bench_weigh_probed, low, high, offset;
    unsigned long place = 0;
    unsigned type = 0;
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    FILE *file = fopen("/sys/bus/event_source/devices/uprobe/type", "r");
    if (file == NULL || length < 0 || fscanf(file, "%u", &type) != 1) {
        reason = "this kernel has no uprobes";
        return -1;
    }
    fclose(file);
    path[length] = 0;
    if ((file = fopen("/proc/self/maps", "r")) == NULL)
        return -1;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "%lx-%lx %*s %lx", &low, &high, &offset) == 3 && address >= low && address < high)
            place = address - low + offset;
    fclose(file);
    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = type;
    attr.config1 = (unsigned long long)(uintptr_t)path;
    attr.config2 = place;
    if (syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) < 0) {
        reason = strerror(errno);
        return -1;
    }
    return 0;
}

static double uprobe(long calls)
{
    static int state = 1;
    if (state == 1)
        state = probe();
    return state < 0 ? -1.0 : probed(calls);
}

static const struct {
    const char *name;
    double (*run)(long calls);
} cases[] = {
    { "direct", direct },
    { "hooked", hooked },
    { "heap", heap },
    { "naive", naive },
    { "shared", shared },
    { "uprobe", uprobe },
    { "turn_direct", turn_direct },
    { "turn_hooked", turn_hooked },
#ifdef WITH_LTTNG
    { "lttng", lttng },
#endif
};

int main(void)
{
    char name[32];
    long calls;
    size_t i;
    detour();
    while (scanf("%31s %ld", name, &calls) == 2) {
        double took = -1.0;
        reason = "no such case";
        for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
            if (strcmp(cases[i].name, name) == 0)
                took = cases[i].run(calls);
        if (took < 0.0)
            printf("off %s\n", reason);
        else
            printf("%.0f\n", took);
        fflush(stdout);
    }
    return 0;
}
