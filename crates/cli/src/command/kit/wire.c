/* @(#) wire.c acceptance kit of cmp-bridge: the runtime against a peer that is written out here, message by message: what
 * comes in pieces, what is lost, what is sent twice, who is spoken to after fork(), and what must not end a process */
#include "kit.h"
#include "hosting.h"
#include "kit_stub.h"
#include "legacy.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __hpux
typedef int socket_length;
#else
typedef socklen_t socket_length;
#endif

#define FIRST 100    /* the peer answers kit_who with this and the number of the connection */
#define MANY 1000000 /* doubles: more than any socket takes at once */

static cmpb_xdr out; /* the message that is made */
static unsigned char in[65536];

/* ---------------------------------------------------------------- messages */

static void word(unsigned int value)
{
    cmpb_ints(&out, &value, 1, 4);
}

static void text(const char *what)
{
    size_t length = strlen(what);
    cmpb_count(&out, &length, 1);
    cmpb_bytes(&out, (void *)(size_t)what, length);
}

static void start(unsigned int number, unsigned int kind)
{
    out.at = 0;
    out.walk = CMPB_ENCODE;
    out.bad = 0;
    word(0); /* the mark */
    word(number);
    word(kind);
}

static void call(unsigned int procedure)
{
    int i;
    start(7, 0);
    word(2);
    word(kit_stub.program);
    word(1);
    word(procedure);
    for (i = 0; i < 4; i++)
        word(0);
}

static const cmpb_routine *routine(const char *name)
{
    int i;
    for (i = 0; i < kit_stub.count - 1 && strcmp(kit_stub.routines[i].name, name) != 0; i++)
        ;
    return &kit_stub.routines[i];
}

/* The first exchange; `flaw`: another contract. */
static void hello(const char *name, unsigned int flaw)
{
    const cmpb_routine *r = routine(name);
    call(1);
    text(kit_stub.name);
    text("the acceptance kit");
    word(0);
    word(1);
    word(r->procedure);
    text(r->name);
    word(r->hash_high);
    word(r->hash_low ^ flaw);
}

static unsigned int found(int i)
{
    const unsigned char *at = in + 4 * i;
    return (unsigned int)at[0] << 24 | (unsigned int)at[1] << 16 | (unsigned int)at[2] << 8 | (unsigned int)at[3];
}

/* ---------------------------------------------------------------- sockets */

static int sent(int fd, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        long done = (long)send(fd, (const char *)bytes, size, 0);
        if (done <= 0)
            return 0;
        bytes += done;
        size -= (size_t)done;
    }
    return 1;
}

/* What was made, in fragments of so many octets. */
static int sent_in(int fd, size_t piece)
{
    size_t at, size;
    int good = !out.bad;
    for (at = 4; good && at < out.at; at += size) {
        unsigned char mark[4];
        int last;
        size = out.at - at < piece ? out.at - at : piece;
        last = at + size == out.at;
        mark[0] = (unsigned char)((last ? 0x80 : 0) | (size >> 24 & 0x7f));
        mark[1] = (unsigned char)(size >> 16);
        mark[2] = (unsigned char)(size >> 8);
        mark[3] = (unsigned char)size;
        good = sent(fd, mark, 4) && sent(fd, out.data + at, size);
    }
    return good;
}

/* Exactly so many octets within three seconds. */
static int came(int fd, unsigned char *bytes, size_t size)
{
    struct pollfd one;
    while (size > 0) {
        long got;
        one.fd = fd;
        one.events = POLLIN;
        if (poll(&one, 1, 3000) <= 0 || (got = (long)recv(fd, (char *)bytes, size, 0)) <= 0)
            return 0;
        bytes += got;
        size -= (size_t)got;
    }
    return 1;
}

/* A message, its fragments joined: its size, or -1. */
static long message(int fd)
{
    size_t size = 0, more;
    unsigned char mark[4];
    do {
        if (!came(fd, mark, 4))
            return -1;
        more = ((size_t)(mark[0] & 0x7f) << 24) | ((size_t)mark[1] << 16) | ((size_t)mark[2] << 8) | (size_t)mark[3];
        if (more > sizeof in - size) {
            /* Too much to be kept: it is only read. */
            while (more > 0) {
                size_t part = more < sizeof in ? more : sizeof in;
                if (!came(fd, in, part))
                    return -1;
                more -= part;
            }
        } else if (!came(fd, in + size, more)) {
            return -1;
        }
        size += more;
    } while (!(mark[0] & 0x80));
    return (long)size;
}

static int reach(int port)
{
    struct sockaddr_in at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_port = htons((unsigned short)port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        kit_check("a connection", 0, "one", "none");
        exit(kit_end("wire"));
    }
    return fd;
}

/* ---------------------------------------------------------------- the stub as server, called from here */

/* What is said of the message that was made: its status, or -1. A call of kit_who has its answer behind it. */
static long said(int fd, size_t piece)
{
    return sent_in(fd, piece) && message(fd) >= 28 && found(1) == 1 && found(2) == 0 && found(5) == 0 ? (long)found(6) : -1;
}

static void in_fragments(int port)
{
    int fd = reach(port);
    hello("kit_who", 0);
    kit_equal("a first exchange in fragments of 7 octets", 0, said(fd, 7));
    call(routine("kit_who")->procedure);
    word(0);
    kit_equal("a call in fragments of 3 octets", 0, said(fd, 3));
    kit_equal("  and its answer", KIT_SERVER, (long)found(7));
    close(fd);
}

static void of_another_contract(int port)
{
    int fd = reach(port);
    hello("kit_who", 1);
    kit_check("a first exchange by another contract is refused", said(fd, 1000) > 0, "refused", "accepted");
    call(routine("kit_who")->procedure);
    word(0);
    kit_check("  and so is a call", said(fd, 1000) > 0, "refused", "answered");
    close(fd);
}

static void too_long(int port)
{
    static const unsigned char mark[4] = {0x81, 0, 0, 1};
    unsigned char more;
    struct pollfd one;
    int fd = reach(port);
    sent(fd, mark, 4);
    one.fd = fd;
    one.events = POLLIN;
    kit_check("a message of more than 16 MiB ends its connection", poll(&one, 1, 3000) == 1 && recv(fd, (char *)&more, 1, 0) <= 0,
              "the end", "patience");
    close(fd);
}

/* A caller that is gone when the answer, of many megabytes, comes: SIGPIPE, where nobody prevents it. */
static void gone(int port, pid_t server)
{
    static double zeros[1000];
    float rates[3];
    double factor = 1.0;
    unsigned int i;
    int fd = reach(port), status, good = 1;
    long began;
    rates[0] = rates[1] = rates[2] = 0.0f;
    hello("kit_mix", 0);
    kit_equal("a caller", 0, said(fd, 1000));
    call(routine("kit_mix")->procedure);
    for (i = 0; i < 3; i++)
        word(0);
    cmpb_floats(&out, &factor, 1, 8);
    cmpb_floats(&out, rates, 3, 4);
    cmpb_floats(&out, &factor, 1, 8);
    word(MANY);
    word(MANY);
    for (i = 0; i < MANY / 1000; i++)
        cmpb_floats(&out, zeros, 1000, 8);
    kit_check("  that calls with a million doubles", sent_in(fd, out.at), "sent", "not sent");
    close(fd);
    fd = reach(port);
    hello("kit_who", 0);
    kit_equal("  and leaves: the process answers others", 0, said(fd, 1000));
    /* In the meantime the process comes to the answer. */
    for (began = milliseconds(); good && milliseconds() - began < 1500;) {
        call(routine("kit_who")->procedure);
        word(0);
        good = said(fd, 1000) == 0;
    }
    kit_check("  for another while", good, "answers", "none");
    close(fd);
    kit_equal("  and lives", 0, (long)waitpid(server, &status, WNOHANG));
}

/* ---------------------------------------------------------------- the stub as caller, answered from here */

/* One message of connection `number` is answered; 0: the connection is at its end. `how`: 'n': with the number of the
 * connection, in fragments; 'x': by closing it. Every call is told of by an octet. */
static int answered(int fd, int number, int how, int told)
{
    int zero;
    if (message(fd) < 0)
        return 0;
    if (found(5) == 1) {
        start(found(0), 1);
        for (zero = 0; zero < 5; zero++)
            word(0); /* accepted, AUTH_NONE, success; and so is what was said */
        text("");
        return sent_in(fd, 4);
    }
    if (write(told, "c", 1) != 1 || how == 'x')
        return 0;
    start(found(0), 1);
    for (zero = 0; zero < 5; zero++)
        word(0);
    word((unsigned int)(FIRST + number));
    return sent_in(fd, 5);
}

static void peer(int listener, int how, int told)
{
    struct pollfd all[9];
    int count = 1, i;
    all[0].fd = listener;
    for (;;) {
        for (i = 0; i < count; i++) {
            all[i].events = (short)(all[i].fd < 0 ? 0 : POLLIN);
            all[i].revents = 0;
        }
        if (poll(all, (unsigned)count, 10000) <= 0)
            _exit(0);
        if (all[0].revents && count < 9)
            all[count++].fd = accept(listener, 0, 0);
        for (i = 1; i < count; i++)
            if (all[i].fd >= 0 && all[i].revents && !answered(all[i].fd, i, how, told)) {
                close(all[i].fd);
                all[i].fd = -1;
            }
    }
}

static pid_t start_peer(int how, int *calls)
{
    struct sockaddr_in at;
    socket_length length = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0), told[2];
    char address[32];
    pid_t child;
    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 5) != 0
        || getsockname(fd, (struct sockaddr *)&at, &length) != 0 || pipe(told) != 0 || (child = fork()) < 0) {
        kit_check("a peer", 0, "a process that listens", "none");
        exit(kit_end("wire"));
    }
    if (child == 0) {
        close(told[0]);
        peer(fd, how, told[1]);
    }
    close(fd);
    close(told[1]);
    *calls = told[0];
    sprintf(address, "127.0.0.1:%d", (int)ntohs(at.sin_port));
    cmpb_server(address);
    return child;
}

/* Calls that the peer has seen, when it is at its end. */
static long seen(pid_t child, int calls)
{
    char one;
    long count = 0;
    stop_server(child);
    while (read(calls, &one, 1) == 1)
        count++;
    close(calls);
    return count;
}

static void called_once(void)
{
    struct record record;
    double value = 1.0;
    int calls;
    pid_t child = start_peer('x', &calls);
    kit_equal("the connection ends in a call: who answers", KIT_CALLER, kit_who(0));
    kit_equal("  a call that may run once was sent", 1, seen(child, calls));
    child = start_peer('x', &calls);
    memset(&record, 0, sizeof record);
    kit_equal("  one that may run twice is answered", 0, kit_mix(&record, 1.0, 1, &value));
    kit_equal("  and was sent", 2, seen(child, calls));
}

static void apart_from_children(void)
{
    int calls, status = -1;
    pid_t child, server = start_peer('n', &calls);
    kit_equal("an answer in fragments of 5 octets, on connection", FIRST + 1, kit_who(0));
    child = fork();
    if (child == 0)
        _exit(kit_who(0) == FIRST + 2 ? 0 : 1);
    waitpid(child, &status, 0);
    kit_equal("a child of fork() has a connection of its own", 0, (long)status);
    kit_equal("  and its parent goes on with the first", FIRST + 1, kit_who(0));
    kit_equal("  calls in all", 3, seen(server, calls));
}

int main(void)
{
    int port;
    pid_t server;
    memset(&out, 0, sizeof out);
    server = start_server(&port);
    in_fragments(port);
    of_another_contract(port);
    too_long(port);
    gone(port, server);
    stop_server(server);
    cmpb_route(&kit_stub, "*", CMPB_RUST);
    called_once();
    apart_from_children();
    free(out.data);
    return kit_end("wire");
}
