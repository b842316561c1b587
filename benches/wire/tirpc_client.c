/* A client as rpcgen makes it: tirpc_client PORT. */
#include "bench_rpc.h"
#include "loop.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static CLIENT *client;
static bench_bench_weigh_in in;

static void one_call(void)
{
    bench_bench_weigh_result *result = bench_bench_weigh_1(&in, client);
    if (!result || result->status != BENCH_RETURNED || result->bench_bench_weigh_result_u.out.result != 3.0 * 2.0 + 5.0) {
        fprintf(stderr, "%s\n", clnt_sperror(client, "bench_weigh"));
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = RPC_ANYSOCK, on = 1;
    if (argc != 2)
        return 2;
    at.sin_port = htons((unsigned short)atoi(argv[1]));
    client = clnttcp_create(&at, BENCH_PROGRAM, BENCH_VERSION_1, &fd, 0, 0);
    if (!client) {
        clnt_pcreateerror("tirpc_client");
        return 1;
    }
    clnt_control(client, CLGET_FD, (char *)&fd);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    client->cl_auth = authunix_create_default();
    in.x = 2.0;
    in.block.v[0] = 3.0;
    in.block.v[14] = 5.0;
    return loop(one_call, 0);
}
