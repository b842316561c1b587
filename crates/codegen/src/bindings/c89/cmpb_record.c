/* ---------------------------------------------------------------- recording */

/* Where what is recorded goes: a file, unless some routine's calls are compared by the server. */
static const char *journal(const cmpb_component *c) {
    int i;
    for (i = 0; i < c->count; i++)
        if (c->routines[i].route == CMPB_SHADOW) return 0;
    return getenv("CMP_BRIDGE_JOURNAL");
}

/* A record of how many calls none tells of. */
static void lost(cmpb_xdr *x, const cmpb_component *c, u32 count) {
    size_t start = x->at;
    begin(x, c, LOST);
    put(x, count);
    finish(x, start);
}

/* The file, or the same with the number of the process behind it: nothing that exists is written over. */
static int open_file(cmpb_component *c, const char *name) {
    cmpb_peer *p = &c->recorder;
    char other[1024];
    int i;
    p->fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (p->fd < 0 && errno == EEXIST && strlen(name) < sizeof other - 96) {
        sprintf(other, "%s.%.64s.%ld", name, c->name, (long)getpid());
        name = other;
        p->fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    }
    if ((p->fd = apart(p->fd)) < 0) return 0;
    write_at(&greeting, 0);
    identify();
    hello(&greeting, c, 0, 1);
    lost(&greeting, c, 0); /* written over when there are any: that needs no room on a full disk */
    if (greeting.bad || transmit(p->fd, greeting.data, greeting.at, 1) != (long)greeting.at) {
        close(p->fd);
        unlink(name);
        return 0;
    }
    c->count_at = (long)greeting.at - 4;
    c->counted = 0;
    p->pause = 0;
    p->open = 2;
    p->identity = identity(p->fd, 1);
    c->file = 1;
    for (i = 0; i < c->count; i++) c->routines[i].peer[1].greeted = 1;
    return 1;
}

/* Tells the server of every routine that is recorded; the answers are awaited by nobody. */
static int greet(cmpb_component *c) {
    cmpb_peer *p = &c->recorder;
    int i;
    write_at(&greeting, 0);
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
    int got = read_once(&p->in, p->fd), i;
    while (got >= 0 && (got = parse(&p->in)) == 1) {
        taken(&p->in, &reply);
        for (i = 0; i < c->count; i++)
            if (reply.end >= 4 && c->routines[i].peer[1].since == word_of(reply.data)
                && (accepted(&reply, word_of(reply.data)) != 1 || get(&reply) != 0)) {
                c->routines[i].peer[1].greeted = -1;
                say_why(&reply, c->routines[i].name);
            }
    }
    if (got < 0) failed(c, p, "the server is gone");
}

/* Where a record of a call says how many were dropped before it. */
#define DROPPED_AT (4 * 9 + (who.at + 3) / 4 * 4 + 8 + 8)

/* Calls that wait to be sent; of `*untold` nothing that was sent tells. */
static u32 queued(const cmpb_component *c, u32 *untold) {
    u32 count = 0;
    size_t at;
    *untold = c->dropped;
    for (at = c->out.start; at < c->out.end; at += 4 + (word_of(c->out.data + at) & 0x7fffffffu)) {
        *untold += 1 + word_of(c->out.data + at + DROPPED_AT);
        count++;
    }
    return count;
}

/* After writing to a file, which failed if there is an error: says how many calls it lacks. */
static void count_in_file(cmpb_component *c, int error) {
    cmpb_peer *p = &c->recorder;
    unsigned char word[4];
    u32 untold;
    if (error && p->pause == 0) say(strerror(error), "the recording");
    p->since = now();
    p->pause = error ? 1000 : 0;
    queued(c, &untold);
    if (untold == c->counted) return;
    word_to(word, untold);
    if (lseek(p->fd, (off_t)c->count_at, SEEK_SET) < 0) return;
    if (transmit(p->fd, word, 4, 1) == 4) c->counted = untold;
    lseek(p->fd, 0, SEEK_END);
}

static cmpb_component *flushing = 0;

static void flush(cmpb_component *c) {
    cmpb_peer *p = &c->recorder;
    long done = 0;
    c->flushed = now();
    if ((c->out.start == c->out.end && c->dropped == c->counted) || !open_recorder(c)) return;
    if (c->file && p->pause && c->flushed - p->since < p->pause) return;
    flushing = c;
    while (c->out.sent < c->out.end
           && (done = transmit(p->fd, c->out.data + c->out.sent, c->out.end - c->out.sent, c->file)) > 0)
        c->out.sent += (size_t)done;
    while (c->out.start < c->out.sent) {
        size_t all = 4 + (word_of(c->out.data + c->out.start) & 0x7fffffffu);
        if (c->out.sent - c->out.start < all) break;
        c->out.start += all;
    }
    if (c->out.start == c->out.end) c->out.start = c->out.sent = c->out.end = 0;
    if (c->file)
        count_in_file(c, done < 0 ? errno : 0);
    else if (done < 0)
        failed(c, p, "the server is gone");
    else
        replies(c);
    flushing = 0;
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

/* Where a stub's frame begins, more or less, and whether it encloses another one: then its call has not ended. */
#if defined(__hppa) || defined(__hppa__)
#define FRAME(r, args) ((const char *)(args))
#define ENCLOSES(frame, other) ((size_t)(frame) + 32 < (size_t)(other))
#else
#define FRAME(r, args) ((const char *)(args) + (r)->args)
#define ENCLOSES(frame, other) ((size_t)(frame) > (size_t)(other) + 32)
#endif

/* Whether a frame was left without a word, by longjmp or an exception: it was this thread's, on this stack, and does not
 * enclose this one, or is too late for it. */
static int is_gone(const void *thread, const char *frame, const char *here, int late) {
    stack_t other;
    return thread == (const void *)&errno && (late || !ENCLOSES(frame, here)) && sigaltstack(0, &other) == 0
           && (other.ss_flags & SS_ONSTACK) == 0;
}

#if defined(__GNUC__) && defined(__linux__)
#define CLOSE(gate) __sync_lock_test_and_set(&(gate)->closed, 1)
#define OPEN(gate) __sync_lock_release(&(gate)->closed)
#else
#define CLOSE(gate) ((gate)->closed || ((gate)->closed = 1) == 0)
#define OPEN(gate) ((gate)->closed = 0)
#endif

/* 1: inside; 0: somebody else is; -1: inside, and who was there has left in the middle of something. */
static int enter(gate *g, const char *frame) {
    int got = 1;
    if (CLOSE(g)) {
        /* Who waits longer than it can is there no more. */
        int late = g == &asking && waiting && left(waiting_since, waiting_deadline) == 0;
        if (!is_gone(g->thread, g->frame, frame, late)) return 0;
        got = -1;
    }
    g->frame = frame;
    g->thread = (const void *)&errno;
    return got;
}

static void leave(gate *g, const char *frame) {
    if (g->frame != frame || g->thread != (const void *)&errno) return; /* it was taken over */
    g->thread = 0;
    g->frame = 0;
    OPEN(g);
}

/* As `enter`. What was left in the middle of something is begun anew. */
static int enter_call(const cmpb_component *c, const char *frame) {
    static int said = 0;
    int got = enter(&asking, frame);
    cmpb_component *other;
    u32 untold;
    if (got == 0 && !said++) say("a call came while another one was inside: nobody but legacy is asked", c->name);
    if (got >= 0) return got;
    say("a call was left by longjmp or an exception", c->name);
    waiting = 0;
    identify();
    for (other = known; other; other = other->following) drop(other, &other->caller);
    if (flushing) { /* What was written is not known: what waits is lost. */
        flushing->lost += queued(flushing, &untold);
        flushing->dropped = untold;
        flushing->out.start = flushing->out.sent = flushing->out.end = 0;
        drop(flushing, &flushing->recorder);
        flushing = 0;
    }
    return got;
}

static void not_told(cmpb_component *c) {
    c->dropped++;
    c->lost++;
}

/* The record of a call, which is whole now. */
static void tell(cmpb_component *c, size_t start) {
    finish(&scratch, start);
    if (!scratch.bad) word_to(scratch.data + start + DROPPED_AT, c->dropped);
    if (!scratch.bad && queue(c, scratch.data + start, scratch.at - start))
        c->dropped = 0;
    else
        not_told(c);
}

/* The innermost open call is not this one's: an exception or longjmp ended it, or it is another thread's. */
static void abandon(const char *here) {
    depth--;
    if (!is_gone(calls[depth].thread, calls[depth].frame, here, 0)) return;
    write_at(&scratch, calls[depth].end);
    put(&scratch, 2); /* how it ended */
    tell(calls[depth].component, calls[depth].start);
}

/* Before a recorded call: its place among the open ones, or -1. Calls that an exception or longjmp ended
 * are told so. */
static int note_before(cmpb_component *c, cmpb_routine *r, void *args, const char *frame) {
    size_t start;
    while (depth > 0 && !ENCLOSES(calls[depth - 1].frame, frame)) abandon(frame);
    owned(c, &c->recorder);
    start = depth > 0 ? calls[depth - 1].end : 0;
    if (++c->number_low == 0) c->number_high++;
    if (depth < DEPTH && r->peer[1].greeted >= 0 && r->ready(args, 0)) {
        write_at(&scratch, start);
        begin(&scratch, c, r->procedure + 1);
        put(&scratch, c->number_high);
        put(&scratch, c->number_low);
        put(&scratch, 0); /* dropped */
        r->inputs(&scratch, args);
        if (r->state) r->state(&scratch, args);
        if (!scratch.bad) {
            calls[depth].frame = frame;
            calls[depth].thread = (const void *)&errno;
            calls[depth].component = c;
            calls[depth].start = start;
            calls[depth].end = scratch.at;
            return depth++;
        }
    }
    not_told(c);
    return -1;
}

static void note_after(cmpb_component *c, cmpb_routine *r, void *args, const char *frame, int mine) {
    size_t start = calls[mine].start;
    if (mine >= depth || calls[mine].frame != frame) {
        not_told(c);
        return;
    }
    while (depth > mine + 1) abandon(frame);
    depth = mine;
    write_at(&scratch, calls[mine].end);
    put(&scratch, 0); /* it returned */
    r->outputs(&scratch, args);
    tell(c, start);
    if (c->out.end - c->out.sent >= BATCH || now() - c->flushed >= 10) flush(c);
}

static void record(cmpb_component *c, cmpb_routine *r, void *args) {
    const char *frame = FRAME(r, args);
    int before = errno, mine = -1;
    if (enter_call(c, frame)) {
        mine = note_before(c, r, args, frame);
        leave(&asking, frame);
    } else {
        c->number_low++;
        not_told(c);
    }
    errno = before;
    r->call(args, r->legacy);
    before = errno;
    if (mine >= 0 && enter_call(c, frame)) {
        note_after(c, r, args, frame, mine);
        leave(&asking, frame);
    } else if (mine >= 0) {
        not_told(c);
    }
    errno = before;
}

void cmpb_flush(cmpb_component *c) {
    int before = errno;
    char frame = 0;
    if (c->ready && enter_call(c, &frame)) {
        flush(c);
        leave(&asking, &frame);
    }
    errno = before;
}

static void say_count(const cmpb_component *c, unsigned long count, const char *what) {
    if (verbose && count > 0) fprintf(stderr, "cmp-bridge: %s: %lu calls %s\n", c->name, count, what);
}

/*
 * At the end of the process: a quarter of a second for what is left. The server closes first: a connection that is
 * closed with answers unread takes what it sent with it.
 */
static void end_recording(cmpb_component *c, unsigned long since) {
    cmpb_peer *p = &c->recorder;
    u32 untold;
    p->since -= p->pause; /* the last time that it is tried */
    for (cmpb_flush(c); p->open && !c->file && left(since, 250) > 0; cmpb_flush(c)) {
        if (c->out.end == c->out.sent && (p->open == 2 || c->dropped == 0)) break;
        wait_for(p->fd, POLLOUT, now(), 10);
    }
    if (p->open == 2 && !c->file && c->dropped > 0 && c->out.start == c->out.end) {
        write_at(&scratch, 0);
        lost(&scratch, c, c->dropped);
        if (!scratch.bad) transmit(p->fd, scratch.data, scratch.at, 0);
    }
    if (p->open == 2 && !c->file && shutdown(p->fd, 1) == 0)
        do p->in.have = p->in.next = p->in.start = p->in.size = 0;
        while (wait_for(p->fd, POLLIN, since, 250) && read_once(&p->in, p->fd) >= 0);
    say_count(c, c->lost + (unsigned long)queued(c, &untold), "are missing from what was recorded");
}

static void at_end(void) {
    cmpb_component *c;
    unsigned long since = now();
    for (; depth > 0; depth--) not_told(calls[depth - 1].component); /* they have not ended */
    for (c = known; c; c = c->following) {
        unsigned long count = 0;
        int i;
        if (c->recorder.owner == (long)getpid()) end_recording(c, since);
        for (i = 0; i < c->count; i++) count += c->routines[i].failed;
        if (c->caller.owner == (long)getpid()) say_count(c, count, "were not answered by the server");
    }
}
