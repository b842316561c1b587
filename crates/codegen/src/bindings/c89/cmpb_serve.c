/* ---------------------------------------------------------------- serving */

static struct {
    int fd; /* 0: none */
    cmpb_reader in;
    cmpb_xdr out;
    size_t sent;
    unsigned char *greeted;
    unsigned long since; /* anything was read or sent */
} served[CONNECTIONS];
static cmpb_component **serving = 0;
static int listener = -1, from_anywhere = 0, current = -1; /* current: who is answered */
static int deaf = 0;                                       /* nobody can be accepted, for a second from then on */
static unsigned long deaf_since;
static long serving_owner;

static void reply_head(cmpb_xdr *x, u32 number, u32 result) {
    x->walk = CMPB_ENCODE;
    put(x, 0);
    put(x, number);
    put(x, 1); /* REPLY */
    put(x, 0); /* accepted */
    put(x, 0); /* AUTH_NONE */
    put(x, 0);
    put(x, result);
}

static void refuse(cmpb_xdr *x, u32 status, const char *why) {
    put(x, status);
    text(x, why, 1024);
}

/* A name in a message, compared. */
static int is_name(const unsigned char *found, u32 length, const char *wanted) {
    return found && length == strlen(wanted) && memcmp(found, wanted, length) == 0;
}

/* Accepts all of the caller's routines, or none, and says what is wrong with one of them. Without a component there is
 * none to name. */
static void answer_hello(
    cmpb_component *c, const char *what, unsigned char *greeted, cmpb_xdr *x, u32 number, cmpb_xdr *reply) {
    char why[256];
    size_t head = reply->at;
    u32 count, length;
    const unsigned char *name = opaque(x, 255, &length);
    int same = c == 0 || is_name(name, length, c->name), i;
    sprintf(why, "the component here is %.64s", c ? c->name : "");
    opaque(x, 256, &length); /* what */
    if (get(x) > 1) x->bad = 1; /* role */
    count = get(x);
    if (count > (c ? 1024u : 0u)) x->bad = 1;
    for (; count > 0 && !x->bad; count--) {
        u32 procedure = get(x), high, low;
        const cmpb_routine *r = 0;
        name = opaque(x, 255, &length);
        high = get(x);
        low = get(x);
        if (!same) continue;
        for (i = 0; i < c->count && r == 0; i++)
            if (procedure >= FIRST && c->routines[i].procedure == (procedure & ~1u)) r = &c->routines[i];
        same = r && high == r->hash_high && low == r->hash_low && is_name(name, length, r->name);
        if (same)
            greeted[r - c->routines] |= 2; /* if nothing is wrong with the others */
        else if (r)
            sprintf(why, "%.64s is not the same here: generate both sides from one contract", r->name);
        else
            sprintf(why, "there is no procedure %u here", procedure);
    }
    if (x->at != x->end) x->bad = 1;
    for (i = 0; c && i < c->count; i++) greeted[i] = (greeted[i] & 1) || (greeted[i] && same && !x->bad);
    reply_head(reply, number, x->bad ? GARBAGE : SUCCESS);
    if (x->bad) return;
    put(reply, same ? 0u : 1u);
    text(reply, same ? what : why, 256);
    if (reply->bad) reply->at = head;
}

/* Decodes the inputs, calls the legacy routine, encodes what came of it. */
static void answer_call(cmpb_routine *r, cmpb_xdr *x, u32 number, cmpb_xdr *reply) {
    void *args;
    size_t state, start = reply->at;
    cmpb_forget();
    x->walk = CMPB_MAKE;
    args = cmpb_room(x, 0, 1, r->args);
    if (!x->bad) r->inputs(x, args);
    state = x->at;
    x->walk = CMPB_CHECK;
    if (!x->bad && r->state) r->state(x, args);
    if (x->bad || x->at != x->end || !r->ready(args, 1)) {
        reply_head(reply, number, GARBAGE);
        return;
    }
    x->at = state;
    x->walk = CMPB_STORE;
    if (r->state) r->state(x, args);
    r->call(args, r->legacy);
    r->answered++;
    reply_head(reply, number, SUCCESS);
    put(reply, 0);
    r->outputs(reply, args);
    if (reply->bad) {
        reply->bad = 0;
        reply->at = start;
        reply_head(reply, number, SUCCESS);
        refuse(reply, 2, "it returned, and its answer is too long for a message");
    }
}

static void add(cmpb_xdr *x, const char *words) {
    unsigned char *to = next(x, strlen(words));
    if (to) memcpy(to, words, strlen(words));
}

/* What was answered, as JSON: of one component, or of all. */
static void answer_status(cmpb_component **components, const cmpb_component *only, cmpb_xdr *reply) {
    static cmpb_xdr json;
    char piece[400];
    const char *comma = "";
    int i;
    write_at(&json, 0);
    sprintf(piece, "{\"what\":\"%.255s\",\"pid\":%ld,\"programs\":[{\"routines\":[", components[0]->what, (long)getpid());
    add(&json, piece);
    for (; *components; components++)
        for (i = 0; (only == 0 || only == *components) && i < (*components)->count; i++, comma = ",") {
            const cmpb_routine *r = &(*components)->routines[i];
            sprintf(piece, "%s{\"routine\":\"%.255s\",\"answers\":\"%s\",\"calls\":%lu,\"answered\":%lu}", comma, r->name,
                    r->legacy ? "legacy" : "nobody", r->answered, r->answered);
            add(&json, piece);
        }
    add(&json, "]}]}");
    cmpb_count(reply, &json.at, 1);
    cmpb_bytes(reply, json.data, json.at);
}

/* 1: there is a reply; 0: none is due; -1: it is no call. */
int cmpb_serve_message(
    cmpb_component **components, unsigned char *greeted, unsigned char *message, size_t size, cmpb_xdr *reply) {
    cmpb_xdr x;
    u32 number, rpc, program, version, procedure, length;
    cmpb_component *c;
    size_t start = reply->at;
    int i;
    memset(&x, 0, sizeof x);
    x.data = message;
    x.end = size;
    x.walk = CMPB_CHECK;
    number = get(&x);
    if (get(&x) != 0) return -1;
    rpc = get(&x);
    program = get(&x);
    version = get(&x);
    procedure = get(&x);
    for (i = 0; i < 2; i++) {
        get(&x);
        opaque(&x, 400, &length);
    }
    if (x.bad) return -1;
    for (i = 0; (c = components[i]) != 0 && c->program != program; i++) greeted += c->count;
    if (rpc != 2) {
        reply_head(reply, number, 0);
        reply->at -= 16; /* denied */
        put(reply, 1);
        put(reply, 0);
        put(reply, 2);
        put(reply, 2);
    } else if (c == 0 && (program != ANY_SERVER || components[0] == 0)) {
        reply_head(reply, number, NO_PROGRAM);
    } else if (version != 1) {
        reply_head(reply, number, NO_VERSION);
        put(reply, 1);
        put(reply, 1);
    } else if (procedure == NULL_) {
        reply_head(reply, number, SUCCESS);
    } else if (procedure == STATUS) {
        reply_head(reply, number, SUCCESS);
        answer_status(components, c, reply);
    } else if (procedure == HELLO) {
        answer_hello(c, components[0]->what, greeted, &x, number, reply);
    } else if (c == 0) {
        reply_head(reply, number, NO_PROCEDURE);
    } else {
        for (i = 0; i < c->count && (procedure < FIRST || c->routines[i].procedure != (procedure & ~1u)); i++)
            ;
        if (i < c->count && procedure & 1) return 0;
        reply_head(reply, number, i < c->count ? SUCCESS : NO_PROCEDURE);
        if (i < c->count && !greeted[i]) {
            refuse(reply, 3, "say HELLO for this routine first");
        } else if (i < c->count && !c->routines[i].legacy) {
            refuse(reply, 1, "the legacy routine is not linked");
        } else if (i < c->count) {
            reply->at = start;
            answer_call(&c->routines[i], &x, number, reply);
        }
    }
    finish(reply, start);
    return reply->bad ? -1 : 1;
}

static void end_connection(int i) {
    close(served[i].fd);
    free(served[i].in.data);
    free(served[i].out.data);
    free(served[i].greeted);
    memset(&served[i], 0, sizeof served[i]);
    deaf = 0;
}

void cmpb_serve_close(void) {
    int i;
    for (i = 0; i < CONNECTIONS; i++)
        if (served[i].fd) end_connection(i);
    if (listener >= 0) close(listener);
    listener = -1;
}

int cmpb_serve_open(cmpb_component **components, const char *address) {
    struct sockaddr_in here;
    socket_length size = sizeof here;
    int on = 1, i;
    cmpb_serve_close();
    for (i = 0; components[i]; i++) find(components[i], "*", 0);
    if (!address_of(address, 1, &here) || (listener = apart(socket(AF_INET, SOCK_STREAM, 0))) < 0) return -1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, (void *)&on, sizeof on);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) != 0 || listen(listener, 16) != 0
        || getsockname(listener, (struct sockaddr *)&here, &size) != 0) {
        cmpb_serve_close();
        return -1;
    }
    from_anywhere = ntohl(here.sin_addr.s_addr) >> 24 != 127;
    serving = components;
    serving_owner = (long)getpid();
    return (int)ntohs(here.sin_port);
}

/* Callers on this machine, and those that are named. */
static int allowed(const struct sockaddr_in *from) {
    const char *list = getenv("CMP_BRIDGE_ALLOW"), *name = inet_ntoa(from->sin_addr);
    if (!from_anywhere || ntohl(from->sin_addr.s_addr) >> 24 == 127) return 1;
    while (list && *list) {
        size_t entry = strcspn(list, " ,;");
        if (entry == strlen(name) && memcmp(list, name, entry) == 0) return 1;
        list += entry;
        list += strspn(list, " ,;");
    }
    say("a caller that CMP_BRIDGE_ALLOW does not name", name);
    return 0;
}

/* Where a new caller finds its place: if need be, that of who has been silent longest, and for long. -1: nowhere. */
static int place(void) {
    int i, oldest = 0;
    for (i = 0; i < CONNECTIONS; i++) {
        if (served[i].fd == 0) return i;
        if (now() - served[i].since > now() - served[oldest].since) oldest = i;
    }
    if (now() - served[oldest].since < CMPB_SILENT) return -1;
    end_connection(oldest);
    return oldest;
}

/* Takes a new caller. 0: there is none. */
static int accept_one(void) {
    struct sockaddr_in from;
    socket_length size = sizeof from;
    int i, j, routines = 1, fd = accept(listener, (struct sockaddr *)&from, &size);
    if (fd < 0) {
        deaf = errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ECONNABORTED;
        deaf_since = now();
        if (deaf) say(strerror(errno), "a caller cannot be accepted");
        return 0;
    }
    fd = apart(fd);
    if (fd < 0) return 1;
    /* The program's own loop may be one of select. */
    if (fd >= FD_SETSIZE || !allowed(&from) || (i = place()) < 0) {
        close(fd);
        return 1;
    }
    served[i].fd = fd;
    served[i].since = now();
    tune(fd);
    for (j = 0; serving[j]; j++) routines += serving[j]->count;
    if ((served[i].greeted = (unsigned char *)calloc(1, (size_t)routines)) == 0) end_connection(i);
    return 1;
}

/* Gives back what a long message took. */
static void shrink(unsigned char **data, size_t *room) {
    if (*room <= 16 * BATCH) return;
    free(*data);
    *data = 0;
    *room = 0;
}

static int send_replies(int i) {
    cmpb_xdr *out = &served[i].out;
    while (served[i].sent < out->at) {
        long done = transmit(served[i].fd, out->data + served[i].sent, out->at - served[i].sent, 0);
        if (done <= 0) return (int)done;
        served[i].sent += (size_t)done;
        served[i].since = now();
    }
    served[i].sent = out->at = 0;
    shrink(&out->data, &out->room);
    return 1;
}

/* Answers what one caller sent. A caller that does not read is not read from. */
static void serve_one(int i) {
    cmpb_reader *in = &served[i].in;
    cmpb_xdr message;
    int got, was_read = 0;
    current = i;
    while ((got = send_replies(i)) == 1) {
        got = 0;
        while (served[i].out.at < BATCH && (got = parse(in)) == 1) {
            taken(in, &message);
            got = cmpb_serve_message(serving, served[i].greeted, message.data, message.end, &served[i].out);
            if (got < 0) break;
        }
        if (got >= 0 && served[i].out.at > 0) continue;
        if (got >= 0 && in->have == in->next && in->size == 0) {
            in->have = in->next = in->start = 0;
            shrink(&in->data, &in->room);
        }
        if (got >= 0 && (was_read || (got = read_once(in, served[i].fd)) == 0)) return;
        if (got < 0) break;
        was_read = 1;
        served[i].since = now();
    }
    if (got < 0) end_connection(i);
}

void cmpb_serve_ready(void) {
    int i, before = errno, entered;
    char frame = 0;
    if (listener < 0 || serving_owner != (long)getpid() || (entered = enter(&answering, &frame)) == 0) return;
    /* The routine that was called has left by longjmp or an exception: its caller learns that it has no answer. */
    if (entered < 0 && current >= 0) end_connection(current);
    for (i = 0; i < CONNECTIONS && accept_one(); i++)
        ;
    for (i = 0; i < CONNECTIONS; i++)
        if (served[i].fd) serve_one(i);
    current = -1;
    leave(&answering, &frame);
    errno = before;
}

int cmpb_serve_fds(int *fds, int *writing, int most) {
    int i, count = 0;
    for (i = 0; i < CONNECTIONS && count < most - 1; i++)
        if (served[i].fd) {
            fds[count] = served[i].fd;
            writing[count++] = served[i].out.at > served[i].sent;
        }
    if (deaf && now() - deaf_since >= 1000) deaf = 0;
    if (listener >= 0 && !deaf && count < most) {
        fds[count] = listener;
        writing[count++] = 0;
    }
    return count;
}

int cmpb_serve_main(cmpb_component **components, const char *address) {
    int fds[CONNECTIONS + 1], writing[CONNECTIONS + 1], count, i;
    struct pollfd all[CONNECTIONS + 1];
    int port = cmpb_serve_open(components, address);
    if (port < 0) {
        fprintf(stderr, "cmp-bridge: cannot listen at %s\n", address);
        return 1;
    }
    printf("%d\n", port);
    fflush(stdout);
    for (;;) {
        count = cmpb_serve_fds(fds, writing, CONNECTIONS + 1);
        for (i = 0; i < count; i++) {
            all[i].fd = fds[i];
            all[i].events = writing[i] ? POLLOUT : POLLIN;
            all[i].revents = 0;
        }
        if (poll(all, (unsigned)count, deaf ? 1000 : -1) < 0 && errno != EINTR) return 1;
        cmpb_serve_ready();
    }
}
