/* ---------------------------------------------------------------- routes */

/* "host:port" of a server. Names are looked up only where that may take its time. */
static int address_of(const char *address, int look_up, struct sockaddr_in *found) {
    const char *colon = strrchr(address, ':');
    char host[sizeof server];
    struct hostent *entry;
    long port = colon ? strtol(colon + 1, 0, 10) : -1;
    if (port < 0 || port > 65535 || (size_t)(colon - address) >= sizeof host) return 0;
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = 0;
    memset(found, 0, sizeof *found);
    found->sin_family = AF_INET;
    found->sin_port = htons((unsigned short)port);
    found->sin_addr.s_addr = inet_addr(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host);
    if (found->sin_addr.s_addr != (u32)-1) return 1;
    if (!look_up || (entry = gethostbyname(host)) == 0 || entry->h_addrtype != AF_INET) return 0;
    memcpy(&found->sin_addr, entry->h_addr_list[0], sizeof found->sin_addr);
    return 1;
}

static int set_server(const char *address, int look_up) {
    cmpb_component *c;
    server[0] = 0;
    if (strlen(address) >= sizeof server || !address_of(address, look_up, &server_address)) {
        say("no address of a server", address);
        return -1;
    }
    strcpy(server, address);
    for (c = known; c; c = c->following) {
        drop(c, &c->caller);
        c->caller.pause = 0;
    }
    return 0;
}

/* The first entry "routine=route" that fits. */
static int route_of(const char *routes, const char *name) {
    static const char *const words[] = {"legacy", "rust", "record", "shadow"};
    size_t length = strlen(name);
    while (routes && *routes) {
        size_t entry = strcspn(routes, " ,;");
        const char *sign = (const char *)memchr(routes, '=', entry);
        size_t before = sign ? (size_t)(sign - routes) : entry;
        int i;
        if (sign && ((before == length && memcmp(routes, name, length) == 0) || (before == 1 && *routes == '*')))
            for (i = 0; i < 4; i++)
                if (strlen(words[i]) == entry - before - 1 && memcmp(sign + 1, words[i], entry - before - 1) == 0)
                    return i;
        routes += entry;
        routes += strspn(routes, " ,;");
    }
    return CMPB_LEGACY;
}

static void read_environment(cmpb_component *c) {
    const char *address = getenv("CMP_BRIDGE_SERVER"), *routes = getenv("CMP_BRIDGE_ROUTES");
    int i;
    if (!environment_read) {
        verbose = getenv("CMP_BRIDGE_VERBOSE") != 0;
        if (address && server[0] == 0) set_server(address, 0);
        atexit(at_end);
        environment_read = 1;
    }
    for (i = 0; i < c->count; i++) c->routines[i].route = route_of(routes, c->routines[i].name);
    c->following = known;
    known = c;
    c->ready = 1;
}

int cmpb_server(const char *address) { return set_server(address, 1); }

static cmpb_routine *find(cmpb_component *c, const char *name, int from) {
    int i;
    if (!c->ready) read_environment(c);
    for (i = from; i < c->count; i++)
        if (strcmp(name, c->routines[i].name) == 0 || strcmp(name, "*") == 0) return &c->routines[i];
    return 0;
}

int cmpb_route(cmpb_component *c, const char *name, int route) {
    cmpb_routine *r = find(c, name, 0);
    int found = r != 0 && route >= CMPB_LEGACY && route <= CMPB_SHADOW;
    for (; found && r; r = find(c, name, (int)(r - c->routines) + 1)) {
        r->route = route;
        if (route >= CMPB_RECORD && c->recorder.open == 2 && r->peer[1].greeted == 0)
            drop(c, &c->recorder); /* to tell of this one, too */
    }
    return found ? 0 : -1;
}

int cmpb_legacy(cmpb_component *c, const char *name, void (*legacy)(void)) {
    cmpb_routine *r = find(c, name, 0);
    if (r == 0 || name[0] == '*') return -1;
    r->legacy = legacy;
    return 0;
}

void cmpb_call(cmpb_component *c, int routine, void *args) {
    cmpb_routine *r = &c->routines[routine];
    int before = errno, outcome = NOT_SENT, route;
    if (!c->ready) read_environment(c);
    errno = before;
    route = r->legacy ? r->route : CMPB_RUST;
    if (route == CMPB_LEGACY) {
        r->call(args, r->legacy);
        return;
    }
    if (route != CMPB_RUST) {
        record(c, r, args);
        return;
    }
    if (enter()) {
        if (r->ready(args, 0)) outcome = ask(c, r, args);
        leave();
    }
    errno = before;
    if (outcome == ANSWERED) {
        r->answered++;
        return;
    }
    r->failed++;
    if (r->legacy && !(outcome == UNKNOWN && r->facts & CMPB_IO)
        && !(r->fail && outcome != NOT_SENT && r->facts & CMPB_FAIL_STATUS)) {
        r->call(args, r->legacy);
    } else if (r->fail) {
        r->fail(args);
    } else {
        if (cmpb_unanswered) cmpb_unanswered(r->name);
        fprintf(stderr, "cmp-bridge: %s: nobody can answer this call\n", r->name);
        abort();
    }
}
