/* How a client of the wire's benchmark is asked for calls, and tells how long they took. */
#ifndef LOOP_H
#define LOOP_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOOP_MOST 1000000

static double loop_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int loop_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Each line of standard input is `each COUNT`, answered by nanoseconds `P50 P99 MEAN`, every call timed alone, or
 * `all COUNT`, answered by `MEAN`: one time for all of them. `between` is run before each answer. */
static int loop(void (*call)(void), void (*between)(void))
{
    static double times[LOOP_MOST];
    char word[8];
    long count, i;
    while (scanf("%7s %ld", word, &count) == 2) {
        if (count < 1 || count > LOOP_MOST)
            return 2;
        double began = loop_now(), last = began;
        if (word[0] == 'a') {
            for (i = 0; i < count; i++)
                call();
            printf("%.3f", (loop_now() - began) / (double)count);
        } else {
            for (i = 0; i < count; i++) {
                call();
                double now = loop_now();
                times[i] = now - last;
                last = now;
            }
            qsort(times, (size_t)count, sizeof *times, loop_order);
            printf("%.1f %.1f %.1f", times[count / 2], times[count * 99 / 100], (last - began) / (double)count);
        }
        if (between)
            between();
        putchar('\n');
        fflush(stdout);
    }
    return 0;
}

#endif
