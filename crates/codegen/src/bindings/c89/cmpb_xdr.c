/* ---------------------------------------------------------------- XDR */

static u32 word_of(const unsigned char *from) {
    return (u32)from[0] << 24 | (u32)from[1] << 16 | (u32)from[2] << 8 | (u32)from[3];
}

static void word_to(unsigned char *to, u32 word) {
    to[0] = (unsigned char)(word >> 24);
    to[1] = (unsigned char)(word >> 16);
    to[2] = (unsigned char)(word >> 8);
    to[3] = (unsigned char)word;
}

/* The next `size` bytes: of room to encode, or of what was received. 0: there are none. */
static unsigned char *next(cmpb_xdr *x, size_t size) {
    unsigned char *here;
    if (x->bad) return 0;
    if (x->walk == CMPB_ENCODE && size > x->room - x->at) {
        size_t room = x->room * 2 < 4096 ? 4096 : x->room * 2;
        if (size > LIMIT || x->at + size > LIMIT) {
            x->bad = 1;
            return 0;
        }
        if (room < x->at + size) room = x->at + size;
        here = (unsigned char *)realloc(x->data, room);
        if (here == 0) {
            x->bad = 1;
            return 0;
        }
        x->data = here;
        x->room = room;
    } else if (x->walk != CMPB_ENCODE && size > x->end - x->at) {
        x->bad = 1;
        return 0;
    }
    here = x->data + x->at;
    x->at += size;
    return here;
}

static void put(cmpb_xdr *x, u32 word) {
    unsigned char *to = next(x, 4);
    if (to) word_to(to, word);
}

static u32 get(cmpb_xdr *x) {
    const unsigned char *from = next(x, 4);
    return from ? word_of(from) : 0;
}

static int big_endian(void) {
    static const u32 one = 1;
    return *(const unsigned char *)&one == 0;
}

/* An integer in memory as the two words of a hyper, high one first. */
static void integer_of(const unsigned char *value, int width, u32 word[2]) {
    int size = width < 0 ? -width : width, i;
    u32 sign = 0;
    word[0] = word[1] = 0;
    if (width < 0 && (value[big_endian() ? 0 : size - 1] & 0x80)) sign = 0xffffffffu;
    word[0] = word[1] = sign;
    for (i = 0; i < size; i++) {
        unsigned char byte = value[big_endian() ? i : size - 1 - i];
        word[0] = word[0] << 8 | word[1] >> 24;
        word[1] = word[1] << 8 | byte;
    }
}

static void integer_to(unsigned char *value, int size, const u32 word[2]) {
    int i;
    for (i = 0; i < size; i++) {
        u32 half = word[i < 4 ? 1 : 0];
        value[big_endian() ? size - 1 - i : i] = (unsigned char)(half >> 8 * (i % 4));
    }
}

/* Integers of `width` bytes in memory (negative: with a sign) that travel as one word or two. */
static void integers(cmpb_xdr *x, unsigned char *at, size_t count, int width, int words) {
    int size = width < 0 ? -width : width;
    for (; count > 0 && !x->bad; count--, at += size) {
        u32 word[2], again[2];
        unsigned char value[8];
        unsigned char *wire = next(x, 4u * (unsigned)words);
        if (wire == 0) return;
        if (x->walk == CMPB_ENCODE) {
            integer_of(at, width, word);
            if (words == 2) word_to(wire, word[0]);
            word_to(wire + 4 * (words - 1), word[1]);
            continue;
        }
        word[1] = word_of(wire + 4 * (words - 1));
        word[0] = words == 2 ? word_of(wire) : width < 0 && word[1] >> 31 ? 0xffffffffu : 0;
        integer_to(value, size, word);
        integer_of(value, width, again);
        if (again[0] != word[0] || again[1] != word[1])
            x->bad = 1; /* it does not fit here */
        else if (x->walk != CMPB_CHECK && memcmp(at, value, (size_t)size) != 0)
            memcpy(at, value, (size_t)size);
    }
}

void cmpb_ints(cmpb_xdr *x, void *values, size_t count, int width) {
    integers(x, (unsigned char *)values, count, width, 1);
}

/* Eight bytes, or a `long` that stands for them. */
void cmpb_hypers(cmpb_xdr *x, void *values, size_t count, int width) {
    integers(x, (unsigned char *)values, count, width, 2);
}

/* High word first, every NaN the one of IEEE 754-2008. */
static void canonical(u32 word[2], int width) {
    u32 high = word[0] & 0x7fffffffu;
    if (width == 4 && high > 0x7f800000u) word[0] = 0x7fc00000u;
    if (width == 8 && (high > 0x7ff00000u || (high == 0x7ff00000u && word[1] != 0))) {
        word[0] = 0x7ff80000u;
        word[1] = 0;
    }
}

static void number_of(const unsigned char *value, int width, u32 word[2]) {
    u32 memory[2];
    memory[1] = 0;
    memcpy(memory, value, (size_t)width);
    word[0] = memory[width == 8 && !big_endian()];
    word[1] = memory[width == 4 || big_endian()];
    canonical(word, width);
}

/* PA-RISC has the quiet bit of a NaN the other way round. */
#if defined(__hppa) || defined(__hppa__)
#define NAN_OF(word, usual, here) ((word) == (usual) ? (here) : (word))
#else
#define NAN_OF(word, usual, here) (word)
#endif

static void number_to(unsigned char *value, int width, const u32 word[2]) {
    u32 memory[2];
    memory[width == 4 || big_endian()] = word[1];
    memory[width == 8 && !big_endian()] =
        width == 8 ? NAN_OF(word[0], 0x7ff80000u, 0x7ff40000u) : NAN_OF(word[0], 0x7fc00000u, 0x7fa00000u);
    memcpy(value, memory, (size_t)width);
}

void cmpb_floats(cmpb_xdr *x, void *values, size_t count, int width) {
    unsigned char *at = (unsigned char *)values, *wire = 0;
    u32 word[2], before[2];
    if (count > LIMIT)
        x->bad = 1;
    else
        wire = next(x, count * (unsigned)width);
    if (wire == 0 || x->walk == CMPB_CHECK) return;
    for (; count > 0; count--, at += width, wire += width) {
        number_of(at, width, before);
        if (x->walk == CMPB_ENCODE) {
            word_to(wire, before[0]);
            if (width == 8) word_to(wire + 4, before[1]);
            continue;
        }
        word[0] = word_of(wire);
        word[1] = width == 8 ? word_of(wire + 4) : 0;
        canonical(word, width);
        if (word[0] != before[0] || word[1] != before[1]) number_to(at, width, word);
    }
}

/* Opaque data, padded with zeros to a multiple of four. */
void cmpb_bytes(cmpb_xdr *x, void *bytes, size_t count) {
    static const unsigned char zeros[4] = {0, 0, 0, 0};
    size_t padding = (4 - count % 4) % 4;
    unsigned char *wire = count > LIMIT ? 0 : next(x, count + padding);
    if (wire == 0) {
        x->bad = 1;
    } else if (x->walk == CMPB_ENCODE) {
        if (count > 0) memcpy(wire, bytes, count);
        memcpy(wire + count, zeros, padding);
    } else if (memcmp(wire + count, zeros, padding) != 0) {
        x->bad = 1;
    } else if (x->walk != CMPB_CHECK && count > 0 && memcmp(bytes, wire, count) != 0) {
        memcpy(bytes, wire, count);
    }
}

/* A text up to its NUL, which does not travel. Returns where it is. */
char *cmpb_text(cmpb_xdr *x, char *text) {
    size_t length = x->walk == CMPB_ENCODE ? strlen(text) : 0;
    cmpb_count(x, &length, 1);
    text = (char *)cmpb_room(x, text, length + 1, 1);
    if (x->bad) return text;
    cmpb_bytes(x, text, length);
    if (x->walk == CMPB_MAKE && !x->bad && memchr(text, 0, length) != 0) x->bad = 1;
    return text;
}

/* A bit field, whose address nobody can take. Returns what is to be stored. */
unsigned int cmpb_bits(cmpb_xdr *x, unsigned int value, int bits, int is_signed) {
    u32 high = bits < 32 ? ~(u32)0 << bits : 0, read;
    if (x->walk == CMPB_ENCODE) {
        put(x, value);
        return value;
    }
    read = get(x);
    if (is_signed ? (read & (high | (high >> 1))) != 0 && (~read & (high | (high >> 1))) != 0 : (read & high) != 0)
        x->bad = 1;
    return x->bad || x->walk == CMPB_CHECK ? value : read;
}

/* A length: told, or read and then as expected. Elements take `least` bytes each, at least. */
void cmpb_count(cmpb_xdr *x, size_t *count, size_t least) {
    u32 length;
    if (x->walk == CMPB_ENCODE) {
        if (*count > LIMIT) x->bad = 1;
        put(x, (u32)*count);
        return;
    }
    length = get(x);
    if (x->walk == CMPB_MAKE && !x->bad && length <= LIMIT && (least == 0 || length <= (x->end - x->at) / least))
        *count = length;
    else if (x->walk == CMPB_MAKE || length != *count)
        x->bad = 1;
}

/* Optional data: whether it is there. */
int cmpb_there(cmpb_xdr *x, int there) {
    u32 flag;
    if (x->walk == CMPB_ENCODE) {
        put(x, there ? 1u : 0u);
        return there;
    }
    flag = get(x);
    if (flag > 1 || (x->walk != CMPB_MAKE && (flag != 0) != (there != 0))) x->bad = 1;
    return !x->bad && flag != 0;
}

/* Memory of the message that is answered: blocks that are kept for the next one. */
static struct block {
    struct block *following;
    size_t room, used;
} *blocks = 0;
typedef union {
    struct block block;
    double number;
    long integer;
    void *address;
} block_head;
static size_t made = 0;

void cmpb_forget(void) {
    struct block *b;
    for (b = blocks; b; b = b->following) b->used = 0;
    made = 0;
}

void *cmpb_room(cmpb_xdr *x, void *there, size_t count, size_t size) {
    struct block *b;
    unsigned char *room;
    if (x->walk != CMPB_MAKE || x->bad) return there;
    if (count > MADE || (count > 0 && size > (MADE - made) / count)) {
        x->bad = 1;
        return there;
    }
    size = (count * size + 16) / 16 * 16;
    for (b = blocks; b && b->room - b->used < size; b = b->following)
        ;
    if (b == 0) {
        size_t all = size < BATCH ? BATCH : size;
        b = (struct block *)malloc(sizeof(block_head) + all);
        if (b == 0) {
            x->bad = 1;
            return there;
        }
        b->following = blocks;
        b->room = all;
        b->used = 0;
        blocks = b;
    }
    room = (unsigned char *)b + sizeof(block_head) + b->used;
    b->used += size;
    made += size;
    memset(room, 0, size);
    return room;
}

/* LONG_MIN stands for all that is below it, too: such a count is 0. What is too large, or not known, is bad. */
static long beyond(int below, int *bad) {
    if (below) return LONG_MIN;
    *bad = 1;
    return 0;
}

long cmpb_long(const void *value, int width, int *bad) {
    u32 word[2];
    if (value == 0) return beyond(0, bad);
    integer_of((const unsigned char *)value, width, word);
#if LONG_MAX > 2147483647L
    if (width > 0 && word[0] >> 31) return beyond(0, bad);
    return (long)((unsigned long)word[0] << 31 << 1 | word[1]);
#else
    if (word[0] != (word[1] >> 31 ? 0xffffffffu : 0)) return beyond(width < 0 && word[0] >> 31, bad);
    return (long)word[1];
#endif
}

long cmpb_add(long a, long b, int *bad) {
    if (a == LONG_MIN || b == LONG_MIN) return beyond(a <= 0 && b <= 0, bad);
    if (b > 0 ? a > LONG_MAX - b : a < LONG_MIN - b) return beyond(b < 0, bad);
    return a + b;
}

long cmpb_sub(long a, long b, int *bad) {
    return b == LONG_MIN ? beyond(0, bad) : cmpb_add(a, -b, bad);
}

long cmpb_elements(long n) {
    return n > 0 ? n : 0;
}

long cmpb_mul(long a, long b, int *bad) {
    int below = (a < 0) != (b < 0);
    unsigned long first = a < 0 ? 0ul - (unsigned long)a : (unsigned long)a;
    unsigned long second = b < 0 ? 0ul - (unsigned long)b : (unsigned long)b;
    if (second != 0 && first > (unsigned long)LONG_MAX / second) return beyond(below, bad);
    return below ? -(long)(first * second) : (long)(first * second);
}

void cmpb_extent(size_t *count, long value, int compare, int *bad) {
    size_t wanted = value < 0 ? 0 : (size_t)value;
    if (wanted > LIMIT || (compare && *count != wanted)) *bad = 1;
    *count = wanted;
}

void cmpb_area(cmpb_place *places, int *used, const void *from, size_t size, int written, int *bad) {
    cmpb_place *mine = places + *used, *other;
    if (from == 0) *bad = 1;
    mine->from = (const unsigned char *)from;
    mine->size = size;
    mine->written = written;
    for (other = places; other < mine; other++)
        if ((written || other->written) && size > 0 && other->size > 0 && (size_t)from < (size_t)other->from + other->size
            && (size_t)other->from < (size_t)from + size)
            *bad = 1;
    ++*used;
}
