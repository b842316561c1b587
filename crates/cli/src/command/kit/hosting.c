/* @(#) hosting.c acceptance kit of cmp-bridge */
#include "kit.h"
#include "hosting.h"
#include "kit_stub.h"
#include "legacy.h"
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

long milliseconds(void)
{
    struct timeval t;
    gettimeofday(&t, 0);
    return (long)(t.tv_sec % 100000) * 1000L + (long)t.tv_usec / 1000L;
}

/* The process that answers: its own poll, as in a legacy program's own loop. */
static void answer(int told)
{
    static cmpb_component *components[] = {&kit_stub, 0};
    int fds[64], writing[64], count, i, port;
    struct pollfd set[64];
    kit_side = KIT_SERVER;
    port = cmpb_serve_open(components, "127.0.0.1:0");
    if (write(told, (char *)&port, sizeof port) != (long)sizeof port || port < 0)
        _exit(1);
    close(told);
    for (;;) {
        count = cmpb_serve_fds(fds, writing, 64);
        for (i = 0; i < count; i++) {
            set[i].fd = fds[i];
            set[i].events = (short)(writing[i] ? POLLOUT : POLLIN);
        }
        if (poll(set, (unsigned)count, 10000) == 0)
            _exit(0);
        cmpb_serve_ready();
    }
}

pid_t start_server(int *found)
{
    int told[2], port = -1;
    char address[32];
    pid_t child;
    if (pipe(told) != 0 || (child = fork()) < 0)
        return -1;
    if (child == 0) {
        close(told[0]);
        answer(told[1]);
    }
    close(told[1]);
    if (read(told[0], (char *)&port, sizeof port) != (long)sizeof port)
        port = -1;
    close(told[0]);
    sprintf(address, "127.0.0.1:%d", port);
    kit_check("a process that answers", port > 0 && cmpb_server(address) == 0, "its port", address);
    *found = port;
    return child;
}

void stop_server(pid_t server)
{
    int status;
    kill(server, SIGKILL);
    waitpid(server, &status, 0);
}
