/*
 * One routine called `times` times in a process that is not at its best; what came of it, one line a call:
 *
 *   fautes OUTPUT ROUTINE TIMES [eintr] [inside] [closed] [many] [fork] [pause] [shut] [jump] [deep]
 *
 * inside: a signal's routine calls, too. jump: an alarm ends the first call by longjmp, after 0.1 s; deep: later calls come
 * from deeper frames.
 *
 *   result (of `tableaux`: 1 if all its outputs are those of the legacy routine)  ms it took  1 if errno and signals are as before  calls of `ecrire` here
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif
#include "types.h"
#include "formes_stub.h"
#include <errno.h>
#include <fcntl.h>
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
extern int legacy_tableaux(int, I16 *, double *, float *, U8 *, I16 *, I64 *, unsigned *, char *, U8 *);
extern int etats(double);
extern int ecrire(int);
extern int strict(int);

static volatile int ticks = 0;

static void tick(int number)
{
    (void)number;
    ticks++;
}

/* Half a millisecond from now, once: a call that is made inside may take longer, and who was interrupted must go on. */
static void soon(void)
{
    struct itimerval once;
    memset(&once, 0, sizeof once);
    once.it_value.tv_usec = 500;
    setitimer(ITIMER_REAL, &once, 0);
}

static void call_inside(int number)
{
    (void)number;
    ticks += strict(1) == 0;
    soon();
}

static sigjmp_buf before_call;

static void leave_call(int number)
{
    (void)number;
    siglongjmp(before_call, 1);
}

static double ms(void)
{
    struct timeval t;
    gettimeofday(&t, 0);
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

typedef struct {
    double x[3];
    float y[9];
    U8 octets[7], vrais[3];
    I16 m, mots[4];
    I64 longs[4];
    unsigned fixes[5];
    char nom[6];
} data;

/* The routine with most outputs: 1 if all of them are what the legacy routine gives. */
static int call_arrays(void)
{
    data mine, theirs;
    int i, a, b;
    memset(&mine, 0, sizeof mine);
    mine.m = 4;
    for (i = 0; i < 3; i++)
        mine.x[i] = 1.5 * (double)i;
    for (i = 0; i < 7; i++)
        mine.octets[i] = (U8)i;
    mine.longs[1] = 77;
    theirs = mine;
    a = tableaux(3, &mine.m, mine.x, mine.y, mine.octets, mine.mots, mine.longs, mine.fixes, mine.nom, mine.vrais);
    b = legacy_tableaux(3, &theirs.m, theirs.x, theirs.y, theirs.octets, theirs.mots, theirs.longs, theirs.fixes,
                        theirs.nom, theirs.vrais);
    return a == b && memcmp(&mine, &theirs, sizeof mine) == 0;
}

static void one(FILE *out, const char *routine)
{
    double start = ms();
    int result = -1, same;
    struct sigaction before, after;
    memset(&before, 0, sizeof before);
    memset(&after, 0, sizeof after);
    sigaction(SIGPIPE, 0, &before);
    errno = 1234;
    if (strcmp(routine, "tableaux") == 0) {
        result = call_arrays();
    } else if (strcmp(routine, "etats") == 0) {
        result = etats(0.5);
    } else if (strcmp(routine, "ecrire") == 0) {
        result = ecrire(1);
    } else if (strcmp(routine, "strict") == 0) {
        result = strict(1);
    }
    same = errno == 1234;
    sigaction(SIGPIPE, 0, &after);
    same = same && before.sa_handler == after.sa_handler && ((before.sa_flags ^ after.sa_flags) & ~0x04000000) == 0; /* but SA_RESTORER */
    fprintf(out, "%d %.0f %d %d\n", result, ms() - start, same, ecrites);
}

/* The same, from some frames further down. */
static int deeper(FILE *out, const char *routine, int levels)
{
    volatile char frame[4000];
    frame[levels] = 1;
    if (levels == 0)
        one(out, routine);
    else
        deeper(out, routine, levels - 1);
    return frame[levels];
}

/* Leaves a call in the middle of it. */
static void left(FILE *out, const char *routine)
{
    struct sigaction on_alarm;
    struct itimerval once;
    memset(&on_alarm, 0, sizeof on_alarm);
    on_alarm.sa_handler = leave_call;
    sigaction(SIGALRM, &on_alarm, 0);
    memset(&once, 0, sizeof once);
    once.it_value.tv_usec = 100000;
    if (sigsetjmp(before_call, 1) == 0) {
        setitimer(ITIMER_REAL, &once, 0);
        one(out, routine);
    }
}

/* As daemons do: closes every descriptor there is, and opens others under their numbers. */
static void shut(int kept)
{
    int i;
    for (i = 3; i < 40; i++)
        if (i != kept)
            close(i);
    for (i = 3; i < 40; i++)
        if (i != kept)
            open("mine", O_RDWR | O_CREAT, 0600);
}

/* 1 if the program's own descriptors are there, and nobody has written to them. */
static int unharmed(int kept)
{
    int i, good = 1;
    for (i = 3; i < 40; i++)
        good = good && (i == kept || lseek(i, 0, SEEK_END) == 0);
    return good;
}

int main(int argc, char **argv)
{
    int i, times, forked = 0, pause = 0, many = 0, shutting = 0, jump = 0, levels = 0;
    FILE *out = fopen(argv[1], "w");
    if (argc < 4 || out == 0)
        return 2;
    times = atoi(argv[3]);
    for (i = 4; i < argc; i++) {
        if (strcmp(argv[i], "eintr") == 0 || strcmp(argv[i], "inside") == 0) {
            struct sigaction on_tick;
            struct itimerval often;
            memset(&on_tick, 0, sizeof on_tick);
            on_tick.sa_handler = argv[i][0] == 'i' ? call_inside : tick;
            sigaction(SIGALRM, &on_tick, 0);
            often.it_interval.tv_sec = often.it_value.tv_sec = 0;
            often.it_interval.tv_usec = often.it_value.tv_usec = 500;
            if (argv[i][0] == 'i')
                soon();
            else
                setitimer(ITIMER_REAL, &often, 0);
        } else if (strcmp(argv[i], "closed") == 0) {
            close(0);
            close(1);
            close(2);
        } else if (strcmp(argv[i], "many") == 0) {
            struct rlimit limit;
            getrlimit(RLIMIT_NOFILE, &limit);
            if (limit.rlim_cur < 2100) {
                limit.rlim_cur = 2100;
                setrlimit(RLIMIT_NOFILE, &limit);
            }
            for (many = 0; many < 2000; many++)
                if (open("/dev/null", O_RDONLY) < 0)
                    return 4;
        } else if (strcmp(argv[i], "fork") == 0) {
            forked = 1;
        } else if (strcmp(argv[i], "shut") == 0) {
            shutting = 1;
        } else if (strcmp(argv[i], "jump") == 0) {
            jump = 1;
        } else if (strcmp(argv[i], "deep") == 0) {
            levels = 5;
        } else if (strcmp(argv[i], "pause") == 0) {
            pause = 1;
        }
    }
    for (i = 0; i < times; i++) {
        if (i > 0 && pause)
            sleep(2);
        if (shutting && i == 1)
            shut(fileno(out));
        if (jump && i == 0)
            left(out, argv[2]);
        else if (levels > 0)
            deeper(out, argv[2], levels);
        else
            one(out, argv[2]);
    }
    if (shutting && !unharmed(fileno(out)))
        return 5;
    if (forked) {
        int status;
        pid_t child;
        fflush(out);
        child = fork();
        if (child == 0 && shutting)
            shut(fileno(out));
        one(out, argv[2]);
        one(out, argv[2]);
        fflush(out);
        cmpb_flush(&formes_stub);
        if (child == 0)
            exit(shutting && !unharmed(fileno(out)) ? 6 : 0);
        waitpid(child, &status, 0);
        if (status != 0)
            return 7;
    }
    fclose(out);
    cmpb_flush(&formes_stub);
    return ticks < 0;
}
