/* Variables of threads, and packed records inside others. */
struct bits { unsigned a : 3; unsigned b : 30; unsigned char c; } __attribute__((packed));
struct hold { char k; struct bits x; int z; };
struct inner { int a; int b; } __attribute__((packed));
struct tight { char k; struct inner x; int z; } __attribute__((packed));

int holds(struct hold *h, struct tight *t) { return h->x.c + t->x.a; }

int counts(int n) {
    static _Thread_local int kept;
    static int shared;
    kept += n;
    shared += n;
    return kept + shared;
}
