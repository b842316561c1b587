/*
 * A legacy program whose calls are recorded.
 *
 *   suite loop N [pause]   calls `etats` N times; prints nanoseconds a call and the longest call in microseconds
 *   suite nest N           `strict`, which calls `etats` twice, N times
 *   suite jump N           `strict`, which calls `etats` and leaves by longjmp, N times
 *   suite fault N          `tableaux` with an address that leads nowhere, which a signal's routine leaves by longjmp, and
 *                          `etats`, N times
 *   suite room N           `etats` N times, with little room for files, and N times with room
 *   suite exit N           `etats` N times, and `strict`, which ends the program
 *   suite large N          `tableaux` with 3000 numbers, N times
 *   suite fork N           `etats` N times, then once more in parent and child
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif
#include "types.h"
#include "formes_stub.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

extern int tableaux(int, I16 *, double *, float *, U8 *, I16 *, I64 *, unsigned *, char *, U8 *);
extern int etats(double);
extern int strict(int);

static jmp_buf out;

static int nesting(int value)
{
    return etats(1.0) + etats(2.0) > -100 ? value : -1;
}

static int jumping(int value)
{
    etats(1.0);
    longjmp(out, value);
    return 0;
}

static int ending(int value)
{
    exit(value - 1);
    return 0;
}

static sigjmp_buf barrier;

static void fault(int number)
{
    (void)number;
    siglongjmp(barrier, 1);
}

static void faulty(void)
{
    I16 m = 1;
    tableaux(3, &m, (double *)64, (float *)640, (U8 *)1280, (I16 *)1920, (I64 *)2560, (unsigned *)3200, (char *)3840,
             (U8 *)4000);
}

static double us(void)
{
    struct timeval t;
    gettimeofday(&t, 0);
    return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

static void large(void)
{
    static double x[3000];
    static float y[9000];
    U8 octets[1], vrais[3];
    I16 mots[1], m = 1;
    I64 longs[1];
    unsigned fixes[5];
    char nom[6];
    memset(octets, 0, sizeof octets);
    memset(vrais, 0, sizeof vrais);
    memset(mots, 0, sizeof mots);
    memset(longs, 0, sizeof longs);
    tableaux(3000, &m, x, y, octets, mots, longs, fixes, nom, vrais);
}

int main(int argc, char **argv)
{
    int i, count = argc > 2 ? atoi(argv[2]) : 0;
    double start, longest = 0;
    if (strcmp(argv[1], "loop") == 0) {
        start = us();
        for (i = 0; i < count; i++) {
            double before = us(), took;
            errno = 77;
            etats(0.5);
            took = us() - before;
            if (took > longest)
                longest = took;
            if (errno != 77)
                return 3;
            if (argc > 3)
                usleep((unsigned)atoi(argv[3]));
        }
        printf("%.0f %.0f\n", (us() - start) * 1000.0 / (double)count, longest);
    } else if (strcmp(argv[1], "nest") == 0) {
        cmpb_legacy(&formes_stub, "strict", (void (*)(void))nesting);
        for (i = 0; i < count; i++)
            strict(1);
    } else if (strcmp(argv[1], "jump") == 0) {
        cmpb_legacy(&formes_stub, "strict", (void (*)(void))jumping);
        for (i = 0; i < count; i++)
            if (setjmp(out) == 0)
                strict(1);
        etats(3.0);
    } else if (strcmp(argv[1], "fault") == 0) {
        struct sigaction on_fault;
        memset(&on_fault, 0, sizeof on_fault);
        on_fault.sa_handler = fault;
        sigaction(SIGSEGV, &on_fault, 0);
        for (i = 0; i < count; i++) {
            if (sigsetjmp(barrier, 1) == 0)
                faulty();
            etats(0.5);
        }
    } else if (strcmp(argv[1], "room") == 0) {
        struct rlimit limit, before;
        getrlimit(RLIMIT_FSIZE, &before);
        limit = before;
        limit.rlim_cur = 5000;
        setrlimit(RLIMIT_FSIZE, &limit);
        for (i = 0; i < 2 * count; i++) {
            if (i == count) {
                cmpb_flush(&formes_stub);
                setrlimit(RLIMIT_FSIZE, &before);
                usleep(1100000);
            }
            etats(0.5);
        }
    } else if (strcmp(argv[1], "exit") == 0) {
        cmpb_legacy(&formes_stub, "strict", (void (*)(void))ending);
        for (i = 0; i < count; i++)
            etats(0.5);
        strict(1);
    } else if (strcmp(argv[1], "large") == 0) {
        for (i = 0; i < count; i++)
            large();
    } else if (strcmp(argv[1], "fork") == 0) {
        pid_t child;
        int status;
        for (i = 0; i < count; i++)
            etats(0.5);
        child = fork();
        etats(0.5);
        if (child != 0)
            waitpid(child, &status, 0);
    }
    return 0;
}
