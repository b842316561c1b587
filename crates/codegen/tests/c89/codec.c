/*
 * The codec alone, fed from standard input: words are four bytes, the most significant first.
 *
 *   request   component, routine, inputs (length, bytes), outputs (length, bytes)
 *   answer    1 and the inputs as they are written again (length, bytes), or 0; the same for the outputs
 *
 * A component of 9: the bytes are a stream of records, each of which is answered as a server would; answer: 1, how many.
 */
#include "formes_stub.h"
#include "titres_stub.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned word(void)
{
    unsigned char b[4];
    if (fread(b, 1, 4, stdin) != 4)
        exit(0);
    return (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8 | b[3];
}

static void say(unsigned w)
{
    putchar((int)(w >> 24 & 255));
    putchar((int)(w >> 16 & 255));
    putchar((int)(w >> 8 & 255));
    putchar((int)(w & 255));
}

/* The next bytes, in memory of exactly their size, so that a byte behind them is seen to be read. */
static unsigned char *bytes(unsigned *length)
{
    unsigned char *room;
    *length = word();
    room = (unsigned char *)malloc(*length ? *length : 1);
    if (room == 0 || fread(room, 1, *length, stdin) != *length)
        exit(3);
    return room;
}

static void again(cmpb_routine *r, void *args, int outputs)
{
    cmpb_xdr out;
    memset(&out, 0, sizeof out);
    out.walk = CMPB_ENCODE;
    if (outputs) {
        r->outputs(&out, args);
    } else {
        r->inputs(&out, args);
        if (r->state)
            r->state(&out, args);
    }
    say(out.bad ? 2 : 1);
    say((unsigned)out.at);
    fwrite(out.data, 1, out.at, stdout);
    free(out.data);
}

static int decode_inputs(cmpb_routine *r, cmpb_xdr *x, void *args)
{
    size_t state;
    x->walk = CMPB_MAKE;
    r->inputs(x, args);
    state = x->at;
    x->walk = CMPB_CHECK;
    if (!x->bad && r->state)
        r->state(x, args);
    if (x->bad || x->at != x->end || !r->ready(args, 1))
        return 0;
    x->at = state;
    x->walk = CMPB_STORE;
    if (r->state)
        r->state(x, args);
    return !x->bad;
}

static int decode_outputs(cmpb_routine *r, cmpb_xdr *x, void *args)
{
    x->walk = CMPB_CHECK;
    r->outputs(x, args);
    if (x->bad || x->at != x->end)
        return 0;
    x->at = 0;
    x->walk = CMPB_STORE;
    r->outputs(x, args);
    return !x->bad;
}

/* Records as a server would take them, one behind the other. */
static void stream(cmpb_component **components, unsigned char *all, unsigned length)
{
    unsigned char greeted[64];
    unsigned at = 0, count = 0;
    cmpb_xdr reply;
    memset(greeted, 1, sizeof greeted);
    memset(&reply, 0, sizeof reply);
    while (length - at >= 4) {
        unsigned size = ((unsigned)all[at] << 24 | (unsigned)all[at + 1] << 16 | (unsigned)all[at + 2] << 8 | all[at + 3]);
        unsigned char *message;
        size &= 0x7fffffffu;
        at += 4;
        if (size > length - at)
            size = length - at;
        message = (unsigned char *)malloc(size ? size : 1);
        memcpy(message, all + at, size);
        reply.at = 0;
        reply.bad = 0;
        if (cmpb_serve_message(components, greeted, message, size, &reply) >= 0)
            count++;
        free(message);
        at += size;
    }
    free(reply.data);
    say(1);
    say(count);
}

int main(void)
{
    static cmpb_component *components[] = {&formes_stub, &titres_stub, 0};
    for (;;) {
        unsigned component = word(), routine = word(), size;
        unsigned char *message = bytes(&size);
        cmpb_routine *r;
        cmpb_xdr x;
        void *args;
        if (component == 9) {
            stream(components, message, size);
            free(message);
            fflush(stdout);
            continue;
        }
        r = &components[component]->routines[routine];
        args = calloc(1, r->args ? r->args : 1);
        memset(&x, 0, sizeof x);
        x.data = message;
        x.end = size;
        if (r->procedure == 0) {
            say(9); /* not on this machine */
            say(0);
        } else if (decode_inputs(r, &x, args)) {
            again(r, args, 0);
        } else {
            say(0);
            say(0);
            args = 0;
        }
        free(message);
        message = bytes(&size);
        memset(&x, 0, sizeof x);
        x.data = message;
        x.end = size;
        if (args && r->procedure && decode_outputs(r, &x, args)) {
            again(r, args, 1);
        } else {
            say(0);
            say(0);
        }
        free(message);
        free(args);
        fflush(stdout);
        cmpb_forget();
    }
}
