/* TCP with nothing on it: messages of the same sizes there and back.
 *
 *   raw serve CALL REPLY         prints its port, and answers one connection after the other
 *   raw call PORT CALL REPLY
 */
#include "loop.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char bytes[1 << 16];
static int connection;
static size_t call_size, reply_size;

static int receive(int fd, size_t size)
{
    size_t have = 0;
    while (have < size) {
        ssize_t more = recv(fd, bytes + have, size - have, 0);
        if (more <= 0)
            return 0;
        have += (size_t)more;
    }
    return 1;
}

static void tune(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void one_call(void)
{
    if (send(connection, bytes, call_size, MSG_NOSIGNAL) != (ssize_t)call_size || !receive(connection, reply_size))
        exit(1);
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int serve = argc == 4 && strcmp(argv[1], "serve") == 0;
    if (!serve && (argc != 5 || strcmp(argv[1], "call") != 0))
        return 2;
    call_size = (size_t)atol(argv[argc - 2]);
    reply_size = (size_t)atol(argv[argc - 1]);
    if (call_size > sizeof bytes || reply_size > sizeof bytes)
        return 2;
    if (!serve) {
        at.sin_port = htons((unsigned short)atoi(argv[2]));
        if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
            return 1;
        connection = fd;
        tune(fd);
        return loop(one_call, 0);
    }
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 5) != 0
        || getsockname(fd, (struct sockaddr *)&at, &length) != 0)
        return 1;
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    while ((connection = accept(fd, 0, 0)) >= 0) {
        tune(connection);
        while (receive(connection, call_size) && send(connection, bytes, reply_size, MSG_NOSIGNAL) == (ssize_t)reply_size)
            ;
        close(connection);
    }
    return 1;
}
