/* @(#) sockets.c acceptance kit of cmp-bridge: the sockets of this machine, without the runtime */
#include "kit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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

#ifdef __hpux
typedef int socket_length;
#else
typedef socklen_t socket_length;
#endif

static long milliseconds(void)
{
    struct timeval t;
    gettimeofday(&t, 0);
    return (long)(t.tv_sec % 100000) * 1000L + (long)t.tv_usec / 1000L;
}

static int listener(struct sockaddr_in *at)
{
    socket_length length = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(at, 0, sizeof *at);
    at->sin_family = AF_INET;
    at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)at, sizeof *at) != 0 || listen(fd, 5) != 0
        || getsockname(fd, (struct sockaddr *)at, &length) != 0) {
        kit_check("a listener on 127.0.0.1", 0, "a port", strerror(errno));
        exit(kit_end("sockets"));
    }
    return fd;
}

/* A connection and its other end. */
static void pair(int ends[2])
{
    struct sockaddr_in at;
    int fd = listener(&at);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (ends[0] < 0 || connect(ends[0], (struct sockaddr *)&at, sizeof at) != 0 || (ends[1] = accept(fd, 0, 0)) < 0) {
        kit_check("a connection on 127.0.0.1", 0, "two ends", strerror(errno));
        exit(kit_end("sockets"));
    }
    close(fd);
}

static void options(void)
{
    int ends[2], on = 1, flags;
    pair(ends);
    kit_equal("TCP_NODELAY", 0, setsockopt(ends[0], IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof on));
    kit_equal("SO_KEEPALIVE", 0, setsockopt(ends[0], SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on));
    kit_equal("FD_CLOEXEC", 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC));
    flags = fcntl(ends[0], F_GETFL, 0);
    kit_equal("O_NONBLOCK", 0, fcntl(ends[0], F_SETFL, flags | O_NONBLOCK));
    kit_check("a read that would wait says so",
              recv(ends[0], (char *)&on, 1, 0) == -1 && (errno == EAGAIN || errno == EWOULDBLOCK), "EAGAIN", strerror(errno));
    close(ends[0]);
    close(ends[1]);
}

/* Large data in both halves of a stream, whatever pieces it comes in. */
static void pieces(void)
{
    static unsigned char bytes[200000];
    size_t sent = 0, got = 0, i, wrong = 0;
    int ends[2], status = -1;
    pid_t child;
    for (i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7 + i / 256);
    pair(ends);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        while (sent < sizeof bytes) {
            size_t size = sizeof bytes - sent < 1777 ? sizeof bytes - sent : 1777;
            long more = (long)send(ends[1], (char *)bytes + sent, size, 0);
            if (more <= 0)
                _exit(1);
            sent += (size_t)more;
        }
        _exit(0);
    }
    close(ends[1]);
    while (got < sizeof bytes) {
        unsigned char part[4096];
        long more = (long)recv(ends[0], (char *)part, sizeof part, 0);
        if (more <= 0)
            break;
        for (i = 0; i < (size_t)more && got + i < sizeof bytes; i++)
            wrong += part[i] != bytes[got + i];
        got += (size_t)more;
    }
    waitpid(child, &status, 0);
    kit_equal("octets that arrived", (long)sizeof bytes, (long)got);
    kit_equal("octets that changed on the way", 0, (long)wrong);
    kit_equal("the sender ended well", 0, (long)status);
    close(ends[0]);
}

static void waiting(void)
{
    struct pollfd one;
    long began = milliseconds(), took;
    int ends[2];
    pair(ends);
    one.fd = ends[0];
    one.events = POLLIN;
    kit_equal("poll of a silent connection", 0, poll(&one, 1, 200));
    took = milliseconds() - began;
    kit_number("poll of 200 ms took", took);
    kit_check("poll keeps its time", took >= 190 && took < 2000, "190 to 2000 ms", "another");
    close(ends[1]);
    kit_equal("poll of a connection that ended", 1, poll(&one, 1, 2000));
    kit_equal("  which reads as its end", 0, (long)recv(ends[0], (char *)&took, 1, 0));
    close(ends[0]);
}

static void nobody_there(void)
{
    struct sockaddr_in at;
    long began;
    int fd, failed;
    close(listener(&at));
    fd = socket(AF_INET, SOCK_STREAM, 0);
    began = milliseconds();
    failed = connect(fd, (struct sockaddr *)&at, sizeof at) != 0;
    kit_check("a port where nobody listens refuses", failed && errno == ECONNREFUSED, "ECONNREFUSED",
              failed ? strerror(errno) : "a connection");
    kit_check("  at once", milliseconds() - began < 1000, "less than 1 s", "more");
    close(fd);
}

/* The connection is begun, and looked at when it is there: the runtime never waits in connect(). */
static void begun(void)
{
    struct sockaddr_in at;
    struct pollfd one;
    int fd = listener(&at), mine = socket(AF_INET, SOCK_STREAM, 0), result, error = -1;
    socket_length length = sizeof error;
    fcntl(mine, F_SETFL, fcntl(mine, F_GETFL, 0) | O_NONBLOCK);
    result = connect(mine, (struct sockaddr *)&at, sizeof at);
    kit_check("connect without waiting", result == 0 || errno == EINPROGRESS, "done or EINPROGRESS", strerror(errno));
    one.fd = mine;
    one.events = POLLOUT;
    kit_equal("  can be waited for", 1, poll(&one, 1, 2000));
    kit_equal("  SO_ERROR can be asked", 0, getsockopt(mine, SOL_SOCKET, SO_ERROR, (char *)&error, &length));
    kit_equal("  and says", 0, error);
    close(mine);
    close(fd);
}

int main(void)
{
    options();
    pieces();
    waiting();
    nobody_there();
    begun();
    return kit_end("sockets");
}
