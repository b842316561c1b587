/* ---------------------------------------------------------------- recording */

/* Where what is recorded goes: a file, unless some routine's calls are compared by the server. */
static const char *journal(const cmpb_component *c) {
    int i;
    for (i = 0; i < c->count; i++)
        if (c->routines[i].route == CMPB_SHADOW) return 0;
    return getenv("CMP_BRIDGE_JOURNAL");
}

/* The file, or the same with the number of the process behind it: nothing that exists is written over. */
static int open_file(cmpb_component *c, const char *name) {
    static cmpb_xdr greeting;
    cmpb_peer *p = &c->recorder;
    char other[1024];
    int i;
    p->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0600);
    if (p->fd < 0 && errno == EEXIST && strlen(name) < sizeof other - 96) {
        sprintf(other, "%s.%.64s.%ld", name, c->name, (long)getpid());
        p->fd = open(other, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0600);
    }
    if ((p->fd = apart(p->fd)) < 0) return 0;
    greeting.at = 0;
    greeting.bad = 0;
    identify();
    hello(&greeting, c, 0, 1);
    if (greeting.bad || transmit(p->fd, greeting.data, greeting.at, 1) != (long)greeting.at) {
        close(p->fd);
        return 0;
    }
    p->open = 2;
    p->identity = identity(p->fd, 1);
    c->file = 1;
    for (i = 0; i < c->count; i++) c->routines[i].peer[1].greeted = 1;
    return 1;
}

/* Tells the server of every routine that is recorded; the answers are awaited by nobody. */
static int greet(cmpb_component *c) {
    static cmpb_xdr greeting;
    cmpb_peer *p = &c->recorder;
    int i;
    greeting.at = 0;
    greeting.bad = 0;
    for (i = 0; i < c->count; i++)
        if (c->routines[i].route >= CMPB_RECORD) {
            c->routines[i].peer[1].since = hello(&greeting, c, &c->routines[i], 1);
            c->routines[i].peer[1].greeted = 1;
        }
    return !greeting.bad && transmit(p->fd, greeting.data, greeting.at, 0) == (long)greeting.at;
}

/* The next step towards a place to record to. Waits for nothing. */
static int open_recorder(cmpb_component *c) {
    cmpb_peer *p = &c->recorder;
    const char *name = journal(c);
    owned(c, p);
    if (p->open && !ours(c, p)) drop(c, p);
    if (p->open == 2) return 1;
    if (p->open == 0) {
        if (p->pause && now() - p->since < p->pause) return 0;
        c->out.sent = c->out.start;
        c->file = 0;
        p->since = now();
        if (name ? !open_file(c, name) : !begin_connection(p)) {
            failed(c, p, "nowhere to record to");
            return 0;
        }
        if (p->open == 2) return 1;
    }
    if (!wait_for(p->fd, POLLOUT, p->since, 0)) {
        if (now() - p->since > 10000ul) failed(c, p, "the server does not answer");
        return 0;
    }
    if (!connected(p) || !greet(c)) {
        failed(c, p, "the server does not answer");
        return 0;
    }
    p->pause = 0;
    return 1;
}

/* The answers to what was told first: a routine that is refused is no longer recorded. */
static void replies(cmpb_component *c) {
    cmpb_peer *p = &c->recorder;
    cmpb_xdr reply;
    int got, i;
    while ((got = receive(&p->in, p->fd)) == 1) {
        memset(&reply, 0, sizeof reply);
        reply.data = p->in.data + p->in.start;
        reply.end = p->in.size;
        taken(&p->in);
        for (i = 0; i < c->count; i++)
            if (reply.end >= 4 && c->routines[i].peer[1].since == word_of(reply.data)
                && (accepted(&reply, word_of(reply.data)) != 1 || get(&reply) != 0)) {
                c->routines[i].peer[1].greeted = -1;
                say_why(&reply, c->routines[i].name);
            }
    }
    if (got < 0) failed(c, p, "the server is gone");
}

static void flush(cmpb_component *c) {
    cmpb_peer *p = &c->recorder;
    long done = 0;
    c->flushed = now();
    if (c->out.start == c->out.end || !open_recorder(c)) return;
    while (c->out.sent < c->out.end
           && (done = transmit(p->fd, c->out.data + c->out.sent, c->out.end - c->out.sent, c->file)) > 0)
        c->out.sent += (size_t)done;
    while (c->out.start < c->out.sent) {
        size_t all = 4 + (word_of(c->out.data + c->out.start) & 0x7fffffffu);
        if (c->out.sent - c->out.start < all) break;
        c->out.start += all;
    }
    if (c->out.start == c->out.end) c->out.start = c->out.sent = c->out.end = 0;
    if (!c->file && done < 0)
        failed(c, p, "the server is gone");
    else if (!c->file)
        replies(c);
}

/* Puts a call where it will be sent from. 0: there is no room. */
static int queue(cmpb_component *c, const unsigned char *data, size_t size) {
    if (c->out.data == 0 && (c->out.data = (unsigned char *)malloc(CMPB_BUFFER)) == 0) return 0;
    if (CMPB_BUFFER - c->out.end < size && c->out.start >= CMPB_BUFFER / 2) {
        memmove(c->out.data, c->out.data + c->out.start, c->out.end - c->out.start);
        c->out.end -= c->out.start;
        c->out.sent -= c->out.start;
        c->out.start = 0;
    }
    if (CMPB_BUFFER - c->out.end < size) return 0;
    memcpy(c->out.data + c->out.end, data, size);
    c->out.end += size;
    return 1;
}

static int enter(void) {
#if defined(__GNUC__) && defined(__linux__)
    return __sync_lock_test_and_set(&inside, 1) == 0;
#else
    return inside ? 0 : (inside = 1);
#endif
}

static void leave(void) {
#if defined(__GNUC__) && defined(__linux__)
    __sync_lock_release(&inside);
#else
    inside = 0;
#endif
}

/* Whether a frame encloses another one: its call has not ended. */
#if defined(__hppa) || defined(__hppa__)
#define ENCLOSES(frame, other) ((size_t)(frame) < (size_t)(other))
#else
#define ENCLOSES(frame, other) ((size_t)(frame) > (size_t)(other))
#endif

/* Before a recorded call: its place among the open ones, or -1. Calls that an exception or longjmp ended are
 * forgotten. */
static int note_before(cmpb_component *c, cmpb_routine *r, void *args, const char *frame) {
    size_t start;
    while (depth > 0 && !ENCLOSES(calls[depth - 1].frame, frame)) scratch.at = calls[--depth].start;
    owned(c, &c->recorder);
    start = scratch.at;
    if (++c->number_low == 0) c->number_high++;
    if (depth < DEPTH && r->peer[1].greeted >= 0 && r->ready(args, 0)) {
        scratch.bad = 0;
        begin(&scratch, c, r->procedure + 1);
        put(&scratch, c->number_high);
        put(&scratch, c->number_low);
        put(&scratch, 0); /* dropped */
        r->inputs(&scratch, args);
        if (r->state) r->state(&scratch, args);
        if (!scratch.bad) {
            calls[depth].frame = frame;
            calls[depth].start = start;
            return depth++;
        }
        scratch.at = start;
    }
    c->dropped++;
    return -1;
}

static void note_after(cmpb_component *c, cmpb_routine *r, void *args, const char *frame, int mine) {
    size_t start = calls[mine].start;
    if (mine >= depth || calls[mine].frame != frame) {
        c->dropped++;
        return;
    }
    if (depth > mine + 1) scratch.at = calls[mine + 1].start;
    depth = mine;
    scratch.bad = 0;
    put(&scratch, 0); /* it returned */
    r->outputs(&scratch, args);
    finish(&scratch, start);
    if (!scratch.bad) word_to(scratch.data + start + 4 * 9 + (who.at + 3) / 4 * 4 + 8 + 8, c->dropped);
    if (!scratch.bad && queue(c, scratch.data + start, scratch.at - start))
        c->dropped = 0;
    else
        c->dropped++;
    scratch.at = start;
    if (c->out.end - c->out.sent >= BATCH || now() - c->flushed >= 10) flush(c);
}

static void record(cmpb_component *c, cmpb_routine *r, void *args) {
    char frame = 0;
    int before = errno, mine = -1;
    if (enter()) {
        mine = note_before(c, r, args, &frame);
        leave();
    } else {
        c->number_low++;
        c->dropped++;
    }
    errno = before;
    r->call(args, r->legacy);
    before = errno;
    if (mine >= 0 && enter()) {
        note_after(c, r, args, &frame, mine);
        leave();
    }
    errno = before;
}

void cmpb_flush(cmpb_component *c) {
    int before = errno;
    if (c->ready && enter()) {
        flush(c);
        leave();
    }
    errno = before;
}

/*
 * At the end of the process: a quarter of a second for what is left. The server closes first: a connection that is
 * closed with answers unread takes what it sent with it.
 */
static void at_end(void) {
    cmpb_component *c;
    unsigned long since = now();
    for (c = known; c; c = c->following) {
        cmpb_peer *p = &c->recorder;
        if (p->owner != (long)getpid() || (p->open == 0 && c->out.start == c->out.end)) continue;
        for (cmpb_flush(c); p->open && !c->file && c->out.end > c->out.sent && left(since, 250) > 0; cmpb_flush(c))
            wait_for(p->fd, POLLOUT, now(), 10);
        if (p->open == 2 && !c->file && shutdown(p->fd, 1) == 0)
            while (receive(&p->in, p->fd) >= 0 && (p->in.size > 0 || wait_for(p->fd, POLLIN, since, 250)))
                taken(&p->in);
    }
}
