/* A server as rpcgen makes it, of the same routine by the same messages. Prints its port. */
#include "bench_rpc.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

extern void bench_program_1(struct svc_req *request, SVCXPRT *transport);

bench_bench_weigh_result *bench_bench_weigh_1_svc(bench_bench_weigh_in *in, struct svc_req *request)
{
    static bench_bench_weigh_result result;
    (void)request;
    result.status = BENCH_RETURNED;
    result.bench_bench_weigh_result_u.out.result = in->block.v[0] * in->x + in->block.v[14];
    return &result;
}

void *bench_bench_weigh_seen_1_svc(bench_bench_weigh_seen *seen, struct svc_req *request)
{
    (void)seen, (void)request;
    return 0;
}

bench_hello_answer *bench_hello_1_svc(bench_hello *hello, struct svc_req *request)
{
    static bench_hello_answer answer;
    (void)hello, (void)request;
    answer.refused = 0;
    answer.bench_hello_answer_u.what = "tirpc";
    return &answer;
}

bench_status *bench_status_1_svc(void *nothing, struct svc_req *request)
{
    static bench_status status = "{}";
    (void)nothing, (void)request;
    return &status;
}

int main(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    SVCXPRT *transport;
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 5) != 0
        || getsockname(fd, (struct sockaddr *)&at, &length) != 0)
        return 1;
    transport = svc_vc_create(fd, 0, 0);
    if (!transport || !svc_register(transport, BENCH_PROGRAM, BENCH_VERSION_1, bench_program_1, 0))
        return 1;
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    svc_run();
    return 1;
}
