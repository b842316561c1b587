/*
 * Lets libtirpc's codec, as rpcgen made it of a contract's RPC language file, read and write messages. Before this stands
 * the file's header, and behind it `walks.c`: for each message a function that visits its values by name.
 *
 * A request is: message, mode, length (32 bits, little-endian), bytes. Mode 0: the bytes are XDR; the answer is the values and
 * what libtirpc writes of them. Mode 1: the bytes are the values. An answer is: 1 or 0 (not understood), length, values,
 * length, XDR. Each value is 8 bytes, little-endian.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT (8 << 20)

typedef unsigned long long word;

static unsigned char *values, *xdr, *in;
static size_t at, filled;
static int filling, broken;

static void visit(word *value)
{
    int i;
    if (filling) {
        *value = 0;
        if (at + 8 > filled) {
            broken = 1;
            return;
        }
        for (i = 7; i >= 0; i--)
            *value = *value << 8 | values[at + i];
    } else if (at + 8 > LIMIT) {
        broken = 1;
        return;
    } else {
        for (i = 0; i < 8; i++)
            values[at + i] = (unsigned char) (*value >> 8 * i);
    }
    at += 8;
}

static void visit_int(int *v)
{
    word w = (word) (long long) *v;
    visit(&w);
    *v = (int) w;
}

static void visit_u_int(u_int *v)
{
    word w = *v;
    visit(&w);
    *v = (u_int) w;
}

static void visit_quad_t(quad_t *v)
{
    word w = (word) *v;
    visit(&w);
    *v = (quad_t) w;
}

static void visit_u_quad_t(u_quad_t *v)
{
    word w = *v;
    visit(&w);
    *v = w;
}

static void visit_float(float *v)
{
    u_int bits;
    memcpy(&bits, v, 4);
    visit_u_int(&bits);
    memcpy(v, &bits, 4);
}

static void visit_double(double *v)
{
    word bits;
    memcpy(&bits, v, 8);
    visit(&bits);
    memcpy(v, &bits, 8);
}

static void visit_bytes(char *v, u_int count)
{
    u_int i;
    for (i = 0; i < count && !broken; i++) {
        word w = (unsigned char) v[i];
        visit(&w);
        v[i] = (char) w;
    }
}

/* The number of elements, and room for them. */
static void visit_count(u_int *count, void **elements, size_t size)
{
    visit_u_int(count);
    if (filling) {
        if (*count > LIMIT / size)
            *count = 0, broken = 1;
        *elements = calloc(*count + 1, size);
    }
}

static void visit_text(char **v)
{
    u_int count = *v == NULL ? 0 : (u_int) strlen(*v);
    void *room = *v;
    visit_count(&count, &room, 1);
    *v = room;
    visit_bytes(*v, count);
}

/* Whether what may be absent is there. */
static int visit_presence(void **v, size_t size)
{
    u_int there = *v != NULL;
    visit_u_int(&there);
    if (filling)
        *v = there ? calloc(1, size) : NULL;
    return there != 0;
}

typedef struct {
    size_t size;
    xdrproc_t xdr;
    void (*walk)(void *);
} message;

#include "walks.c"

static int read_word(unsigned int *v)
{
    unsigned char b[4];
    if (fread(b, 1, 4, stdin) != 4)
        return 0;
    *v = b[0] | b[1] << 8 | b[2] << 16 | (unsigned int) b[3] << 24;
    return 1;
}

static void write_part(const unsigned char *bytes, size_t length)
{
    unsigned char b[4];
    int i;
    for (i = 0; i < 4; i++)
        b[i] = (unsigned char) (length >> 8 * i);
    fwrite(b, 1, 4, stdout);
    fwrite(bytes, 1, length, stdout);
}

static void answer(const message *m, int mode, unsigned int length)
{
    XDR stream;
    char *value = calloc(1, m->size + 1);
    size_t written = 0;
    int ok = 1;
    at = 0, broken = 0, filling = mode;
    if (mode) {
        memcpy(values, in, filled = length);
        m->walk(value);
        ok = !broken && at == filled;
    } else {
        xdrmem_create(&stream, (char *) in, length, XDR_DECODE);
        ok = m->xdr(&stream, value) && xdr_getpos(&stream) == length;
        if (ok && m->walk != NULL)
            m->walk(value);
        ok = ok && !broken;
    }
    if (ok) {
        xdrmem_create(&stream, (char *) xdr, LIMIT, XDR_ENCODE);
        ok = m->xdr(&stream, value);
        written = xdr_getpos(&stream);
    }
    xdr_free(m->xdr, value);
    free(value);
    fputc(ok, stdout), fputc(0, stdout), fputc(0, stdout), fputc(0, stdout);
    write_part(values, ok ? at : 0);
    write_part(xdr, ok ? written : 0);
    fflush(stdout);
}

int main(void)
{
    unsigned int which, mode, length;
    values = malloc(LIMIT), xdr = malloc(LIMIT), in = malloc(LIMIT);
    while (read_word(&which) && read_word(&mode) && read_word(&length)) {
        if (which >= sizeof messages / sizeof *messages || length > LIMIT || fread(in, 1, length, stdin) != length)
            return 1;
        answer(&messages[which], (int) mode, length);
    }
    return 0;
}
