/*
 * A legacy program with a select loop of its own, in which its routines answer. It ends when its standard input does. With an
 * argument, its `strict` leaves by longjmp to that loop.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif
#include "formes_stub.h"
#include "titres_stub.h"
#include <setjmp.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

static jmp_buf loop;

static int jumping(int value)
{
    longjmp(loop, value);
    return 0;
}

int main(int argc, char **argv)
{
    static cmpb_component *components[] = {&formes_stub, &titres_stub, 0};
    int fds[80], writing[80], count, i, port;
    static int rounds = 0;
    char input[16];
    (void)argv;
    port = cmpb_serve_open(components, "127.0.0.1:0");
    if (port < 0)
        return 1;
    printf("%d\n", port);
    fflush(stdout);
    if (argc > 1)
        cmpb_legacy(&formes_stub, "strict", (void (*)(void))jumping);
    setjmp(loop);
    for (;;) {
        fd_set to_read, to_write;
        int most = 0;
        FD_ZERO(&to_read);
        FD_ZERO(&to_write);
        FD_SET(0, &to_read);
        count = cmpb_serve_fds(fds, writing, 80);
        for (i = 0; i < count; i++) {
            FD_SET(fds[i], writing[i] ? &to_write : &to_read);
            if (fds[i] > most)
                most = fds[i];
        }
        if (select(most + 1, &to_read, &to_write, 0, 0) < 0)
            return 2;
        rounds++;
        if (FD_ISSET(0, &to_read) && read(0, input, sizeof input) <= 0)
            break;
        cmpb_serve_ready();
    }
    cmpb_serve_close();
    return rounds > 0 ? 0 : 3;
}
