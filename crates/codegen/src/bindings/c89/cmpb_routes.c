/* ---------------------------------------------------------------- routes */

/* "host:port" of a server. Names are looked up only where that may take its time. */
static int address_of(const char *address, int look_up, struct sockaddr_in *found) {
    const char *colon = strrchr(address, ':');
    char host[sizeof server];
    struct hostent *entry;
    char *end = 0;
    long port = colon ? strtol(colon + 1, &end, 10) : -1;
    if (port < 0 || port > 65535 || end == colon + 1 || *end != 0 || (size_t)(colon - address) >= sizeof host) return 0;
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

/* Whether a name, or `eh*` for all that begin so, is that of a routine. */
static int fits(const char *pattern, size_t length, const char *name) {
    if (length > 0 && pattern[length - 1] == '*') return strncmp(pattern, name, length - 1) == 0;
    return strlen(name) == length && memcmp(pattern, name, length) == 0;
}

/* The first entry "routine=route" that fits a routine, or the end of all. */
static const char *entry_for(const char *routes, const char *name) {
    for (; *routes; routes += strspn(routes, " ,;")) {
        size_t entry = strcspn(routes, " ,;"), pattern = strcspn(routes, "=");
        if (fits(routes, pattern < entry ? pattern : entry, name)) break;
        routes += entry;
    }
    return routes;
}

/* What an entry says, or -1. */
static int route_of(const char *entry) {
    static const char *const words[] = {"legacy", "rust", "record", "shadow"};
    size_t all = strcspn(entry, " ,;"), word = strcspn(entry, "=") + 1;
    int route = word < all ? 3 : -1;
    while (route >= 0 && (strlen(words[route]) != all - word || memcmp(entry + word, words[route], all - word) != 0))
        route--;
    return route;
}

/* What a routine's entry does not say clearly is legacy. */
static void set_routes(cmpb_component *c, const char *routes) {
    const char *entry;
    int i;
    for (i = 0; i < c->count; i++) {
        int route = route_of(entry_for(routes, c->routines[i].name));
        c->routines[i].route = route < 0 ? CMPB_LEGACY : route;
    }
    for (entry = routes; verbose && *entry; entry += strspn(entry, " ,;")) {
        size_t size = strcspn(entry, " ,;");
        const char *wrong = route_of(entry) < 0 && size > 0 ? "is no route: legacy" : 0;
        for (i = 0; i < c->count && entry_for(routes, c->routines[i].name) != entry; i++)
            ;
        if (i == c->count && size > 0 && *entry != '*') wrong = "is the first to fit no routine here";
        if (wrong) fprintf(stderr, "cmp-bridge: %s: in CMP_BRIDGE_ROUTES, %.*s %s\n", c->name, (int)size, entry, wrong);
        entry += size;
    }
}

static void read_environment(cmpb_component *c) {
    const char *address = getenv("CMP_BRIDGE_SERVER"), *routes = getenv("CMP_BRIDGE_ROUTES");
    if (!environment_read) {
        verbose = getenv("CMP_BRIDGE_VERBOSE") != 0;
        if (address && server[0] == 0) set_server(address, 0);
        atexit(at_end);
        environment_read = 1;
    }
    set_routes(c, routes ? routes : "");
    c->following = known;
    known = c;
    c->ready = 1;
}

int cmpb_server(const char *address) { return set_server(address, 1); }

static cmpb_routine *find(cmpb_component *c, const char *name, int from) {
    int i;
    if (!c->ready) read_environment(c);
    for (i = from; i < c->count; i++)
        if (fits(name, strlen(name), c->routines[i].name)) return &c->routines[i];
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
    if (r == 0 || strcmp(name, r->name) != 0) return -1;
    r->legacy = legacy;
    return 0;
}

void cmpb_call(cmpb_component *c, int routine, void *args) {
    cmpb_routine *r = &c->routines[routine];
    int before = errno, outcome = NOT_SENT, route;
    const char *frame = FRAME(r, args);
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
    if (enter_call(c, frame)) {
        if (r->ready(args, 0)) outcome = ask(c, r, args, frame);
        leave(&asking, frame);
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
