/*
 * A client as somebody writes it who has rpcgen and the RPC language file, and nothing else of ours.
 *
 *     client PORT [plain]     plain: a server that neither declines nor raises
 */
#include "check.h"

static sample_hello_answer hello(CLIENT *server, u_quad_t fit)
{
    sample_hello_routine routines[2];
    sample_hello args;
    sample_hello_answer *answer;
    routines[0].procedure = SAMPLE_FIT, routines[0].name = "fit", routines[0].hash = fit;
    routines[1].procedure = SAMPLE_TICK, routines[1].name = "tick";
    routines[1].hash = HASH(SAMPLE_TICK_HASH_HIGH, SAMPLE_TICK_HASH_LOW);
    args.component = "sample", args.what = "an rpcgen client", args.role = SAMPLE_CALLER;
    args.routines.routines_len = 2, args.routines.routines_val = routines;
    answer = sample_hello_1(&args, server);
    CHECK(answer != NULL);
    return *answer;
}

static double x[3] = { 1.5, -2.25, 1e300 }, y[6] = { 1, 2, 3, 4, 5, 6 }, weight = 0.5;
static char mask_bytes[3] = { 1, 2, (char) 0x80 };

static sample_fit_in inputs(void)
{
    static sample_fit_in_mask mask;
    sample_fit_in in;
    memset(&in, 0, sizeof in);
    in.n = 3;
    in.x.x_len = 3, in.x.x_val = x;
    in.y.y_len = 6, in.y.y_val = y;
    in.title = "a title";
    in.weight = &weight;
    mask.sample_fit_in_mask_len = 3, mask.sample_fit_in_mask_val = mask_bytes;
    in.mask = &mask;
    in.many = -1;
    in.state_counter = 41;
    in.track.phase.re = 3, in.track.phase.im = 4;
    return in;
}

static void check_outputs(const sample_fit_out *out)
{
    int i;
    CHECK(out->result == 3);
    CHECK(out->y.y_len == 6);
    for (i = 0; i < 3; i++) {
        CHECK(out->y.y_val[i] == 2 * x[i]);
        CHECK(out->y.y_val[3 + i] == -x[i]);
        CHECK(out->track.points[i].x == i + 0.5);
        CHECK(out->track.points[i].flags == (u_int) (3 * i + 1));
        CHECK(out->track.points[i].mode == 1);
        CHECK(out->mask->sample_fit_out_mask_val[i] == (char) ~mask_bytes[i]);
    }
    CHECK(memcmp(out->track.name, "a title", 7) == 0);
    CHECK(out->track.phase.re == 6 && out->track.phase.im == -4);
    CHECK(out->many == -0x0123456789abcdefLL);
    CHECK(out->state_counter == 42);
}

static void seen(CLIENT *server, unsigned int number)
{
    struct timeval now = { 0, 0 };
    sample_fit_seen told;
    memset(&told, 0, sizeof told);
    told.number_high = 1, told.number_low = number, told.dropped = number - 1;
    told.in = inputs();
    told.ending.ending = SAMPLE_EXCEPTION;
    CHECK(clnt_call(server, SAMPLE_FIT_SEEN, (xdrproc_t) xdr_sample_fit_seen, (caddr_t) &told, NULL, NULL, now) == RPC_SUCCESS);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address;
    struct timeval limit = { 20, 0 };
    int socket = RPC_ANYSOCK;
    gid_t groups[2] = { 77, 78 };
    sample_fit_in in = inputs();
    sample_fit_result *result;
    sample_hello_answer answer;
    CLIENT *server;

    CHECK(argc >= 2);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short) atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server = clnttcp_create(&address, SAMPLE_PROGRAM, SAMPLE_VERSION_1, &socket, 0, 0);
    CHECK(server != NULL);
    server->cl_auth = authunix_create("hpux_host", 1234, 77, 2, groups);
    CHECK(clnt_call(server, NULLPROC, (xdrproc_t) xdr_void, NULL, (xdrproc_t) xdr_void, NULL, limit) == RPC_SUCCESS);

    result = sample_fit_1(&in, server);
    CHECK(result != NULL && result->status == SAMPLE_NOT_POSSIBLE);

    answer = hello(server, HASH(SAMPLE_FIT_HASH_HIGH, SAMPLE_FIT_HASH_LOW) + 1);
    CHECK(answer.refused != 0);
    printf("refused: %s\n", answer.sample_hello_answer_u.reason);
    answer = hello(server, HASH(SAMPLE_FIT_HASH_HIGH, SAMPLE_FIT_HASH_LOW));
    CHECK(answer.refused == 0);
    printf("server: %s\n", answer.sample_hello_answer_u.what);

    result = sample_fit_1(&in, server);
    CHECK(result != NULL && result->status == SAMPLE_RETURNED);
    check_outputs(&result->sample_fit_result_u.out);

    in.weight = NULL, in.mask = NULL;
    if (argc == 2) {
        in.title = "decline";
        result = sample_fit_1(&in, server);
        CHECK(result != NULL && result->status == SAMPLE_DECLINED);
        in.title = "raise";
        result = sample_fit_1(&in, server);
        CHECK(result != NULL && result->status == SAMPLE_EXCEPTION);
        printf("exception: %s\n", result->sample_fit_result_u.exception);
    }

    seen(server, 1), seen(server, 2), seen(server, 3);
    CHECK(sample_tick_1(NULL, server)->status == SAMPLE_RETURNED);

    in.y.y_len = 5;
    CHECK(sample_fit_1(&in, server) == NULL);
    printf("too few: %s\n", clnt_sperror(server, "fit"));
    printf("status: %s\n", *sample_status_1(NULL, server));
    clnt_destroy(server);
    return 0;
}
