/* ---------------------------------------------------------------- RPC */

/* What is written from now on goes there. */
static void write_at(cmpb_xdr *x, size_t at) {
    x->walk = CMPB_ENCODE;
    x->at = at;
    x->bad = 0;
}

/* Who calls, for AUTH_SYS: asked anew for each connection. And what is said first. */
static cmpb_xdr who, greeting;

static void identify(void) {
    char host[64];
    size_t name;
    write_at(&who, 0);
    if (gethostname(host, sizeof host) != 0) host[0] = 0;
    host[sizeof host - 1] = 0;
    name = strlen(host);
    put(&who, 0); /* stamp */
    cmpb_count(&who, &name, 1);
    cmpb_bytes(&who, host, name);
    put(&who, (u32)getuid());
    put(&who, (u32)getgid());
    put(&who, 0); /* other groups */
}

/* The head of a message: space for its mark, the call, who calls. Returns its number. */
static u32 begin(cmpb_xdr *x, const cmpb_component *c, u32 procedure) {
    x->walk = CMPB_ENCODE;
    put(x, 0);
    put(x, ++xid);
    put(x, 0); /* CALL */
    put(x, 2); /* version of RPC */
    put(x, c->program);
    put(x, 1);
    put(x, procedure);
    if (who.at == 0) identify();
    put(x, 1); /* AUTH_SYS */
    cmpb_count(x, &who.at, 1);
    cmpb_bytes(x, who.data, who.at);
    put(x, 0); /* AUTH_NONE */
    put(x, 0);
    return xid;
}

/* A message's mark: one fragment, the last. */
static void finish(cmpb_xdr *x, size_t start) {
    if (!x->bad) word_to(x->data + start, 0x80000000u | (u32)(x->at - start - 4));
}

static void text(cmpb_xdr *x, const char *what, size_t most) {
    size_t length = strlen(what);
    if (length > most) length = most;
    cmpb_count(x, &length, 1);
    cmpb_bytes(x, (void *)(size_t)what, length);
}

/* The first exchange: this routine (or all of them, for a file), by its hash. Returns the message's number. */
static u32 hello(cmpb_xdr *x, const cmpb_component *c, const cmpb_routine *only, u32 role) {
    size_t start = x->at;
    u32 number = begin(x, c, HELLO);
    u32 count = 0;
    int i;
    text(x, c->name, 255);
    text(x, c->what, 256);
    put(x, role);
    for (i = 0; i < c->count; i++) count += c->routines[i].procedure != 0;
    put(x, only ? 1u : count);
    for (i = 0; i < c->count; i++) {
        const cmpb_routine *r = &c->routines[i];
        if (r->procedure == 0 || (only && r != only)) continue;
        put(x, r->procedure);
        text(x, r->name, 255);
        put(x, r->hash_high);
        put(x, r->hash_low);
    }
    finish(x, start);
    return number;
}

/* The bytes of opaque data, of which there may be `most`, a few: 0 if it is none. */
static unsigned char *opaque(cmpb_xdr *x, u32 most, u32 *length) {
    unsigned char *found;
    u32 i;
    *length = get(x);
    if (*length > most) x->bad = 1;
    found = next(x, (*length + 3) / 4 * 4);
    for (i = *length; found && i % 4 != 0; i++)
        if (found[i] != 0) x->bad = 1;
    return x->bad ? 0 : found;
}

/* Goes behind the head of a reply to `number`: 1; it says that nothing was done: 0, that the server failed, whatever it
 * has done: 2; it is no reply to it: -1. */
static int accepted(cmpb_xdr *x, u32 number) {
    u32 denied, length, result;
    x->walk = CMPB_CHECK;
    if (get(x) != number || get(x) != 1) return -1;
    denied = get(x);
    if (denied) return x->bad || denied > 1 ? -1 : 0;
    get(x); /* verifier */
    opaque(x, 400, &length);
    result = get(x);
    return x->bad ? -1 : result == SUCCESS ? 1 : result > GARBAGE ? 2 : 0;
}

/* What the server says of its refusal. */
static void say_why(cmpb_xdr *x, const char *name) {
    char why[200];
    u32 length;
    const unsigned char *found = opaque(x, 1024, &length);
    if (found == 0) return;
    if (length > sizeof why - 1) length = sizeof why - 1;
    why[length] = 0;
    while (length-- > 0) why[length] = (char)(found[length] < ' ' || found[length] == 127 ? '?' : found[length]);
    say(why, name);
}

/* ---------------------------------------------------------------- sockets */

/* Sends or writes what goes at once: bytes; 0: nothing now; -1: it is lost. No signal comes of it. */
static long transmit(int fd, const unsigned char *data, size_t size, int file) {
    long done;
#if defined(MSG_NOSIGNAL) && !defined(CMPB_NO_NOSIGNAL)
    int flags = MSG_NOSIGNAL, quiet = !file;
#else
    int flags = 0, quiet = 0;
#endif
#ifdef SIGXFSZ
    int number = file ? SIGXFSZ : SIGPIPE;
#else
    int number = SIGPIPE;
#endif
    struct sigaction ignore, before;
    if (!quiet) {
        memset(&ignore, 0, sizeof ignore);
        ignore.sa_handler = SIG_IGN;
        sigaction(number, &ignore, &before);
    }
    do done = file ? (long)write(fd, data, size) : (long)send(fd, (const void *)data, size, flags);
    while (done < 0 && errno == EINTR);
    if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) done = 0;
    if (!quiet) sigaction(number, &before, 0);
    return done;
}

/* Waits for a descriptor, whatever signals come. 0: not in time, even if there is something; a deadline of 0 only looks. */
static int wait_for(int fd, int events, unsigned long since, unsigned long deadline) {
    struct pollfd one;
    for (;;) {
        unsigned long ms = left(since, deadline);
        int n;
        one.fd = fd;
        one.events = (short)events;
        one.revents = 0;
        waiting_since = since;
        waiting_deadline = deadline;
        waiting = deadline > 0;
        n = poll(&one, 1, ms > 1000000ul ? 1000000 : (int)ms);
        waiting = 0;
        if (n > 0) return ms > 0 || deadline == 0;
        if (ms == 0 || (n < 0 && errno != EINTR)) return 0;
    }
}

/* Out of the way of standard input and output, of children, and never waiting. */
static int apart(int fd) {
    int flags;
    if (fd >= 0 && fd < 3) {
        int up = fcntl(fd, F_DUPFD, 3);
        close(fd);
        fd = up;
    }
    if (fd < 0) return fd;
    flags = fcntl(fd, F_GETFL, 0);
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void tune(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, (void *)&on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, (void *)&on, sizeof on);
}

/* 1: the next message is at data + start, size bytes; 0: it is not there yet; -1: too long. Fragments are joined in
 * place. */
static int parse(cmpb_reader *in) {
    if (in->next == in->have && in->size == 0) in->next = in->have = in->start = 0;
    if (in->size == 0) in->start = in->next;
    while (in->have - in->next >= 4) {
        u32 mark = word_of(in->data + in->next), length = mark & 0x7fffffffu;
        if (length > LIMIT || in->size + length > LIMIT) return -1;
        if (in->have - in->next - 4 < length) return 0;
        if (in->size == 0)
            in->start = in->next + 4;
        else
            memmove(in->data + in->start + in->size, in->data + in->next + 4, length);
        in->size += length;
        in->next += 4 + length;
        if (mark >> 31) return 1;
    }
    return 0;
}

/* Takes the message. It stays where it is until something is read. */
static void taken(cmpb_reader *in, cmpb_xdr *message) {
    memset(message, 0, sizeof *message);
    message->data = in->data + in->start;
    message->end = in->size;
    in->size = 0;
}

/* Reads once. 1: something, 0: nothing now, -1: it is lost. */
static int read_once(cmpb_reader *in, int fd) {
    long got;
    /* What was joined lies before `start + size`, what was not looked at behind `next`. */
    size_t kept = in->size ? in->start + in->size : in->next;
    if (in->size && in->next > kept) {
        memmove(in->data + kept, in->data + in->next, in->have - in->next);
        in->have -= in->next - kept;
        in->next = kept;
    } else if (in->size == 0 && in->next > 0) {
        memmove(in->data, in->data + in->next, in->have - in->next);
        in->have -= in->next;
        in->next = in->start = 0;
    }
    if (in->room - in->have < BATCH / 4) {
        size_t room = in->room ? in->room * 2 : BATCH / 2;
        unsigned char *data = (unsigned char *)realloc(in->data, room);
        if (data == 0) return -1;
        in->data = data;
        in->room = room;
    }
    do got = (long)recv(fd, (void *)(in->data + in->have), in->room - in->have, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
    if (got <= 0) return -1;
    in->have += (size_t)got;
    return 1;
}

/* ---------------------------------------------------------------- connections */

/* What tells a descriptor from another one that has its number later: the file, or the port at this end. */
static unsigned long identity(int fd, int file) {
    struct stat found;
    struct sockaddr_in here;
    socket_length size = sizeof here;
    if (file) return fstat(fd, &found) == 0 ? (unsigned long)found.st_dev * 65599ul + (unsigned long)found.st_ino : 0;
    memset(&here, 0, sizeof here);
    return getsockname(fd, (struct sockaddr *)&here, &size) == 0 && here.sin_family == AF_INET ? here.sin_port : 0;
}

/* Whether the descriptor is still the one that was opened. A program that closes all it finds closes this one, too. */
static int ours(const cmpb_component *c, const cmpb_peer *p) {
    return p->open && identity(p->fd, p == &c->recorder && c->file) == p->identity;
}

static void drop(cmpb_component *c, cmpb_peer *p) {
    int i;
    if (ours(c, p)) close(p->fd);
    p->open = 0;
    p->in.have = p->in.next = p->in.start = p->in.size = 0;
    for (i = 0; i < c->count; i++) c->routines[i].peer[p == &c->recorder].greeted = 0;
}

/* A connection that failed is left alone for a while. */
static void failed(cmpb_component *c, cmpb_peer *p, const char *what) {
    drop(c, p);
    p->since = now();
    p->pause = p->pause == 0 ? 1000 : p->pause * 2 > LONGEST_PAUSE ? LONGEST_PAUSE : p->pause * 2;
    say(what, c->name);
}

/* After a fork, the child has connections of its own. */
static void owned(cmpb_component *c, cmpb_peer *p) {
    if (p->owner != (long)getpid()) {
        drop(c, p);
        p->owner = (long)getpid();
        p->pause = 0;
        if (p == &c->recorder) {
            c->out.start = c->out.sent = c->out.end = 0;
            c->number_high = c->number_low = c->dropped = c->lost = c->counted = 0;
        }
    }
}

static int begin_connection(cmpb_peer *p) {
    if (server[0] == 0 || (p->fd = apart(socket(AF_INET, SOCK_STREAM, 0))) < 0) return 0;
    tune(p->fd);
    p->open = connect(p->fd, (struct sockaddr *)&server_address, sizeof server_address) == 0 || errno == EINPROGRESS
              || errno == EINTR || errno == EAGAIN;
    p->identity = identity(p->fd, 0);
    if (!p->open) close(p->fd);
    return p->open;
}

/* It can be written to: is it connected, and not to itself? (The system may do that on a port where nobody listens.)
 */
static int connected(cmpb_peer *p) {
    struct sockaddr_in here, there;
    int error = 0;
    socket_length size = sizeof error, of_here = sizeof here, of_there = sizeof there;
    if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, (void *)&error, &size) != 0 || error != 0) return 0;
    if (getpeername(p->fd, (struct sockaddr *)&there, &of_there) != 0
        || getsockname(p->fd, (struct sockaddr *)&here, &of_here) != 0)
        return 0;
    if (here.sin_port == there.sin_port && here.sin_addr.s_addr == there.sin_addr.s_addr) return 0;
    p->open = 2;
    identify();
    return 1;
}

/* Sends all of it within the deadline. `*sent` says how much, even if not all. */
static int send_all(cmpb_peer *p, const cmpb_xdr *x, unsigned long since, unsigned long deadline, size_t *sent) {
    *sent = 0;
    while (*sent < x->at) {
        long done = transmit(p->fd, x->data + *sent, x->at - *sent, 0);
        if (done < 0 || (done == 0 && !wait_for(p->fd, POLLOUT, since, deadline))) return 0;
        *sent += (size_t)done;
    }
    return 1;
}

/* The reply to `number` within the deadline, behind its head: as `accepted` says. */
static int reply_to(cmpb_peer *p, u32 number, unsigned long since, unsigned long deadline, cmpb_xdr *reply) {
    int got;
    /* Waited for first: right after the request there is nothing to read. */
    while ((got = parse(&p->in)) == 0)
        if (!wait_for(p->fd, POLLIN, since, deadline) || read_once(&p->in, p->fd) < 0) return -1;
    if (got < 0) return -1;
    taken(&p->in, reply);
    return accepted(reply, number);
}

/* Whether the end of an idle connection must be seen before a call of `r`, which costs a system call. Otherwise the call
 * goes to where nobody is, and may have been made. That is the same as if it had not been where it may be made twice, as
 * `ask` then makes a new connection, and where nobody else does anything different when it may have been made
 * (CMPB_IO). What was refused was refused by a server that may be another one now. */
static int looked_after(const cmpb_routine *r) {
    return r->peer[0].greeted != 1 || !(r->facts & CMPB_IDEMPOTENT) || r->facts & CMPB_IO;
}

/* A connection on which this routine is accepted: 1; refused: 0; none: -1. */
static int reach(cmpb_component *c, cmpb_routine *r, unsigned long since) {
    cmpb_peer *p = &c->caller;
    cmpb_xdr reply;
    size_t sent;
    u32 number;
    int got;
    /* What came of itself since the last call is an end, or no answer to anything. */
    if (p->open == 2 && (p->in.have > p->in.next || (looked_after(r) && wait_for(p->fd, POLLIN, since, 0)))) drop(c, p);
    if (p->open != 2) {
        if (!begin_connection(p) || !wait_for(p->fd, POLLOUT, since, r->deadline) || !connected(p)) return -1;
    }
    if (r->peer[0].greeted == 1) return 1;
    if (r->peer[0].greeted < 0 && now() - r->peer[0].since < REFUSED_PAUSE) return 0;
    write_at(&greeting, 0);
    number = hello(&greeting, c, r, 0);
    if (greeting.bad || !send_all(p, &greeting, since, r->deadline, &sent)) return -1;
    got = reply_to(p, number, since, r->deadline, &reply);
    if (got < 0) return -1;
    r->peer[0].greeted = got == 1 && get(&reply) == 0 && !reply.bad ? 1 : -1;
    r->peer[0].since = now();
    if (r->peer[0].greeted < 0 && got == 1) say_why(&reply, r->name);
    return r->peer[0].greeted == 1;
}

/* What the server says of a call. */
static int outcome_of(cmpb_component *c, cmpb_routine *r, void *args, cmpb_xdr *reply) {
    u32 status = get(reply);
    if (reply->bad || status > 3) return -1;
    if (status == 0) {
        size_t start = reply->at;
        r->outputs(reply, args);
        if (reply->bad || reply->at != reply->end) return -1;
        reply->at = start;
        reply->walk = CMPB_STORE;
        r->outputs(reply, args);
        c->caller.pause = 0;
        return ANSWERED;
    }
    say_why(reply, r->name);
    return status == 2 ? UNKNOWN : NOT_RUN;
}

/* Asks the server, once more where that is harmless. Nothing is stored but an answer that is whole. */
static int ask(cmpb_component *c, cmpb_routine *r, void *args, const char *frame) {
    cmpb_peer *p = &c->caller;
    cmpb_xdr reply;
    unsigned long since = now();
    int attempt, got, outcome = NOT_RUN;
    u32 number;
    owned(c, p);
    if (p->open && !ours(c, p)) drop(c, p);
    if (server[0] == 0 || (!p->open && p->pause && since - p->since < p->pause)) return NOT_RUN;
    write_at(&request, 0);
    number = begin(&request, c, r->procedure);
    r->inputs(&request, args);
    if (r->state) r->state(&request, args);
    finish(&request, 0);
    if (request.bad) {
        say("a call that is too long for a message", r->name);
        return NOT_RUN;
    }
    for (attempt = 0; attempt < 2; attempt++) {
        size_t sent = 0;
        got = reach(c, r, since);
        if (got == 0) return outcome;
        if (got == 1 && send_all(p, &request, since, r->deadline, &sent)
            && (got = reply_to(p, number, since, r->deadline, &reply)) >= 0) {
            got = got == 1 ? outcome_of(c, r, args, &reply) : got == 2 ? UNKNOWN : NOT_RUN;
            if (got >= 0) return got;
        }
        if (sent > 0) outcome = UNKNOWN;
        if (asking.frame != frame) return outcome; /* a signal's routine was here, and nothing is as it was */
        drop(c, p);
        if (left(since, r->deadline) == 0 || (outcome == UNKNOWN && !(r->facts & CMPB_IDEMPOTENT))) break;
    }
    failed(c, p, "the server does not answer");
    return outcome;
}
