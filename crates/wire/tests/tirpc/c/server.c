/*
 * A server as somebody writes it who has rpcgen and the RPC language file, and nothing else of ours. It prints its port.
 */
#include "check.h"
#include <unistd.h>

void sample_program_1(struct svc_req *, SVCXPRT *);

static int helloed, seens;

sample_hello_answer *sample_hello_1_svc(sample_hello *hello, struct svc_req *request)
{
    static sample_hello_answer answer;
    struct authunix_parms *who = (struct authunix_parms *) request->rq_clntcred;
    u_int i;
    CHECK(request->rq_cred.oa_flavor == AUTH_SYS && who->aup_machname[0] != 0);
    answer.refused = strcmp(hello->component, "sample") == 0 ? 0 : 1;
    for (i = 0; i < hello->routines.routines_len; i++) {
        sample_hello_routine *known = &hello->routines.routines_val[i];
        u_quad_t hash = known->procedure == SAMPLE_FIT ? HASH(SAMPLE_FIT_HASH_HIGH, SAMPLE_FIT_HASH_LOW)
                                                       : HASH(SAMPLE_TICK_HASH_HIGH, SAMPLE_TICK_HASH_LOW);
        if (known->hash != hash)
            answer.refused = 2;
    }
    helloed = answer.refused == 0;
    if (helloed)
        answer.sample_hello_answer_u.what = "an rpcgen server";
    else
        answer.sample_hello_answer_u.reason = "another contract";
    return &answer;
}

sample_status *sample_status_1_svc(void *nothing, struct svc_req *request)
{
    static char text[100];
    static sample_status status = text;
    sprintf(text, "{\"seens\": %d}", seens);
    return &status;
}

sample_fit_result *sample_fit_1_svc(sample_fit_in *in, struct svc_req *request)
{
    static sample_fit_result result;
    static sample_fit_out_mask mask;
    sample_fit_out *out = &result.sample_fit_result_u.out;
    u_int i;
    if (!helloed) {
        result.status = SAMPLE_NOT_POSSIBLE;
        result.sample_fit_result_u.not_possible = "hello first";
        return &result;
    }
    if (strcmp(in->title, "decline") == 0) {
        result.status = SAMPLE_DECLINED;
        result.sample_fit_result_u.declined = "not mine";
        return &result;
    }
    if (strcmp(in->title, "raise") == 0) {
        result.status = SAMPLE_EXCEPTION;
        result.sample_fit_result_u.exception = "CONSTRAINT_ERROR";
        return &result;
    }
    result.status = SAMPLE_RETURNED;
    memset(out, 0, sizeof *out);
    out->result = in->weight != NULL ? in->n : -1;
    out->y.y_len = in->y.y_len, out->y.y_val = in->y.y_val;
    for (i = 0; i < in->x.x_len; i++) {
        out->y.y_val[i] = 2 * in->x.x_val[i];
        out->y.y_val[in->n + i] = -in->x.x_val[i];
    }
    strncpy(out->track.name, in->title, 8);
    for (i = 0; i < 3; i++) {
        out->track.points[i].x = i + 0.5;
        out->track.points[i].flags = 3 * i + 1;
        out->track.points[i].mode = 1;
    }
    out->track.phase.re = 2 * in->track.phase.re;
    out->track.phase.im = -in->track.phase.im;
    if (in->mask != NULL) {
        out->mask = &mask;
        mask.sample_fit_out_mask_len = in->mask->sample_fit_in_mask_len;
        mask.sample_fit_out_mask_val = in->mask->sample_fit_in_mask_val;
        for (i = 0; i < mask.sample_fit_out_mask_len; i++)
            mask.sample_fit_out_mask_val[i] = (char) ~mask.sample_fit_out_mask_val[i];
    }
    out->many = -0x0123456789abcdefLL;
    out->state_counter = in->state_counter + 1;
    return &result;
}

void *sample_fit_seen_1_svc(sample_fit_seen *seen, struct svc_req *request)
{
    seens++;
    return NULL;
}

sample_tick_result *sample_tick_1_svc(void *nothing, struct svc_req *request)
{
    static sample_tick_result result;
    result.status = SAMPLE_RETURNED;
    return &result;
}

void *sample_tick_seen_1_svc(sample_tick_seen *seen, struct svc_req *request)
{
    seens++;
    return NULL;
}

int main(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    SVCXPRT *transport;
    /* It outlives no test for long. */
    alarm(300);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *) &address, sizeof address) == 0 && listen(listener, 8) == 0);
    CHECK(getsockname(listener, (struct sockaddr *) &address, &length) == 0);
    transport = svc_vc_create(listener, 0, 0);
    CHECK(transport != NULL);
    /* Protocol 0: no portmapper is told. */
    CHECK(svc_register(transport, SAMPLE_PROGRAM, SAMPLE_VERSION_1, sample_program_1, 0));
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    svc_run();
    return 1;
}
