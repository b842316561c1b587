/* @(#) routines.c acceptance kit of cmp-bridge: stubs of the kit's routines, answered by another process of this machine;
 * what becomes of calls, errno, signals and children when it answers, is slow, is killed and comes back */
#include "kit.h"
#include "hosting.h"
#include "kit_stub.h"
#include "legacy.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t alarms = 0;

static void count_alarm(int number)
{
    (void)number;
    alarms++;
}

/* One call of each routine, against the same made directly. */
static void values(const char *who)
{
    struct record mine, theirs;
    double there[5], here[5];
    char name[64], turned[16];
    int i;
    volatile double zero = 0.0;
    memset(&mine, 0, sizeof mine);
    mine.tag = 200;
    mine.level = -12345;
    mine.count = -7;
    mine.value = 2.5e-3;
    mine.rates[0] = 1.25f;
    mine.rates[1] = -3.5f;
    for (i = 0; i < 5; i++)
        here[i] = there[i] = i == 3 ? 1.0 / zero : i * 1.1 - 2.0;
    theirs = mine;
    sprintf(name, "%s: status", who);
    kit_equal(name, legacy_kit_mix(&mine, -1.5, 5, here), kit_mix(&theirs, -1.5, 5, there));
    sprintf(name, "%s: an array of doubles", who);
    kit_octets(name, (unsigned char *)here, sizeof here, (unsigned char *)there, sizeof there);
    sprintf(name, "%s: a record", who);
    kit_octets(name, (unsigned char *)&mine, sizeof mine, (unsigned char *)&theirs, sizeof theirs);
    sprintf(name, "%s: a negative count is as none", who);
    kit_equal(name, -1, kit_mix(&theirs, 1.0, -1, there));
    memset(turned, '?', sizeof turned);
    kit_word("reference", turned);
    sprintf(name, "%s: a text", who);
    kit_check(name, strcmp(turned, "ecnerefer") == 0, "ecnerefer", turned);
}

/* What is written must lie apart from all else: such a call is not for another machine. */
static void overlapping(void)
{
    struct record mine, theirs;
    memset(&mine, 0, sizeof mine);
    mine.value = 4.0;
    theirs = mine;
    kit_mixed = 0;
    kit_mix(&theirs, 2.0, 1, &theirs.value);
    kit_equal("an argument that overlaps another: the local routine answers", 1, kit_mixed);
    legacy_kit_mix(&mine, 2.0, 1, &mine.value);
    kit_octets("  as ever", (unsigned char *)&mine, sizeof mine, (unsigned char *)&theirs, sizeof theirs);
    kit_mixed = 0;
    kit_mix(&mine, 2.0, 1, &theirs.value);
    kit_equal("arguments that lie apart: the server answers", 0, kit_mixed);
}

static void process_is_as_it_was(void)
{
    struct sigaction before, after;
    sigset_t mask, mask_after;
    int signal;
    sigaction(SIGPIPE, 0, &before);
    sigprocmask(SIG_SETMASK, 0, &mask);
    errno = 77;
    kit_equal("route rust: who answers", KIT_SERVER, kit_who(0));
    kit_equal("errno after a call", 77, errno);
    sigaction(SIGPIPE, 0, &after);
    sigprocmask(SIG_SETMASK, 0, &mask_after);
    kit_check("SIGPIPE after a call", before.sa_handler == after.sa_handler, "as before", "another");
    for (signal = 1; signal < 32; signal++)
        if (sigismember(&mask, signal) != sigismember(&mask_after, signal))
            kit_equal("the signal mask is as before, but for signal", 0, signal);
}

static void interrupted(void)
{
    struct sigaction action;
    struct itimerval timer;
    long i, wrong = 0;
    memset(&action, 0, sizeof action);
    action.sa_handler = count_alarm;
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, 0);
    memset(&timer, 0, sizeof timer);
    timer.it_interval.tv_usec = timer.it_value.tv_usec = 2000;
    setitimer(ITIMER_REAL, &timer, 0);
    for (i = 0; i < 200; i++)
        wrong += kit_who((int)(i % 3)) != KIT_SERVER;
    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, 0);
    kit_number("signals during 200 calls", (long)alarms);
    kit_equal("calls that a signal broke", 0, wrong);
}

static void in_a_child(void)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0)
        _exit(kit_who(0) == KIT_SERVER ? 0 : 1);
    waitpid(child, &status, 0);
    kit_equal("a child of fork() calls, too", 0, (long)status);
    kit_equal("  and its parent goes on", KIT_SERVER, kit_who(0));
}

static void slow(void)
{
    long began = milliseconds(), took;
    kit_equal("too slow: who answers", KIT_CALLER, kit_who(1000));
    took = milliseconds() - began;
    kit_number("a call of 300 ms at most, and 1000 ms of the local routine, took", took);
    kit_check("the deadline is kept", took < 2500, "less than 2500 ms", "more");
}

static void killed(pid_t server)
{
    long began, took, i;
    stop_server(server);
    began = milliseconds();
    kit_equal("the server is killed: who answers", KIT_CALLER, kit_who(0));
    for (i = 0; i < 1000; i++)
        if (kit_who(0) != KIT_CALLER)
            break;
    took = milliseconds() - began;
    kit_equal("calls without a server", 1000, i);
    kit_number("1001 calls without a server took", took);
    kit_check("a dead server costs little", took < 3000, "less than 3000 ms", "more");
    kit_posted = 0;
    kit_equal("what must not run twice fails with its status", -99, kit_post(1));
    kit_equal("  and was not run here", 0, kit_posted);
}

static void back(void)
{
    long began = milliseconds();
    int who = KIT_CALLER;
    while (who != KIT_SERVER && milliseconds() - began < 20000) {
        who = kit_who(0);
        if (who != KIT_SERVER)
            poll(0, 0, 50);
    }
    kit_equal("the server is back: who answers", KIT_SERVER, who);
    kit_number("  after", milliseconds() - began);
}

/* The messages of a recording: how many, and whether one of the calls has the values that were passed. */
static long messages(const char *name, int *values, int *whole)
{
    static const unsigned char half[8] = {0x3f, 0xe0, 0, 0, 0, 0, 0, 0};
    static unsigned char message[4096];
    FILE *file = fopen(name, "rb");
    unsigned char mark[4];
    unsigned long size, i;
    long count = 0;
    *values = 0;
    *whole = file != 0;
    while (file && fread(mark, 1, 4, file) == 4) {
        size = ((unsigned long)(mark[0] & 0x7f) << 24) | ((unsigned long)mark[1] << 16) | ((unsigned long)mark[2] << 8) | mark[3];
        *whole = *whole && (mark[0] & 0x80) != 0 && size <= sizeof message && fread(message, 1, size, file) == size;
        if (!*whole)
            break;
        for (i = 0; i + 8 <= size; i += 4)
            if (memcmp(message + i, half, 8) == 0) {
                ++*values;
                break;
            }
        count++;
    }
    if (file)
        fclose(file);
    return count;
}

static void recorded(void)
{
    int i, values, whole;
    long count;
    struct record one;
    double array[2];
    memset(&one, 0, sizeof one);
    array[0] = 1.0;
    array[1] = -0.0;
    cmpb_route(&kit_stub, "*", CMPB_RECORD);
    for (i = 0; i < 100; i++)
        kit_mix(&one, 0.5, 2, array);
    cmpb_flush(&kit_stub);
    count = messages("kit.record", &values, &whole);
    kit_check("a recording is whole messages", whole, "whole", "cut short");
    kit_number("messages of the recording", count);
    kit_equal("calls in it, with the values that were passed", 100, (long)values);
}

int main(void)
{
    pid_t server;
    int port;
    static char journal[] = "CMP_BRIDGE_JOURNAL=kit.record";
    remove("kit.record");
    putenv(journal);
    values("route legacy");
    server = start_server(&port);
    cmpb_route(&kit_stub, "*", CMPB_RUST);
    values("route rust");
    overlapping();
    process_is_as_it_was();
    interrupted();
    in_a_child();
    slow();
    killed(server);
    server = start_server(&port);
    back();
    stop_server(server);
    recorded();
    return kit_end("routines");
}
