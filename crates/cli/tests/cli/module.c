/* A module for small.c, by hand: what a compiler other than rustc makes of the module boundary. One macro makes it wrong. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct frame {
  uint64_t gpr[6];
  unsigned char xmm[8][16];
  uint64_t ret_gpr[2];
  unsigned char ret_xmm[2][16];
  unsigned char ret_x87[2][16];
  const unsigned char *stack;
  uint64_t sp;
} __attribute__((aligned(8)));

typedef uint32_t (*entry)(struct frame *, unsigned char *const *);
struct candidate {
  const char *routine;
  uint64_t contract_hash;
  entry entry;
  const void *abi_entry;
  uint32_t state_count, control_count;
  const void *controls;
};
struct module {
  uint32_t abi, candidate_count;
  const struct candidate *candidates;
  const char *what;
  void (*start)(void);
};

struct vec { double x, y; int n; };

#ifndef ABI
#define ABI 1
#endif
#ifndef SCALE_STATUS
#define SCALE_STATUS(n) ((n) > 3 ? 1 : 0)
#endif
#ifndef SCALE_VALUE
#define SCALE_VALUE(in, factor) ((in) * (factor) + 0.5)
#endif
#ifndef NORM
#define NORM(v) ((v)->x * (v)->x + (v)->y * (v)->y + (v)->n)
#endif
#ifndef CRUNCH_X
#define CRUNCH_X(x) (x)
#endif
#ifndef CRUNCH_N
#define CRUNCH_N(n) (n)
#endif
#ifndef BEFORE
#define BEFORE(n)
#endif
#ifndef COUNT
#define COUNT 3
#endif
#ifndef ANSWER
#define ANSWER 0
#endif

/* CMP_FLIP=ROUTINE:AREA:BIT makes a right candidate wrong in one bit of its AREA-th output. */
static void flip(const char *routine, int area, unsigned char *at, int bytes) {
  const char *wanted = getenv("CMP_FLIP"), *rest;
  size_t length = strlen(routine);
  char *end;
  long bit;
  if (!wanted || strncmp(wanted, routine, length) || wanted[length] != ':') return;
  rest = wanted + length + 1;
  if (strtol(rest, &end, 10) != area) return;
  bit = strtol(end + 1, 0, 10);
  if (bit / 8 < bytes) at[bit / 8] ^= (unsigned char)(1 << bit % 8);
}

static uint32_t scale(struct frame *f, unsigned char *const *state) {
  int n = (int)f->gpr[0], i;
  int *calls_made = (int *)state[0];
  const double *in = (const double *)f->gpr[1];
  double *out = (double *)f->gpr[2], factor;
  ++*calls_made;
  memcpy(&factor, f->xmm[0], 8);
  BEFORE(n);
  for (i = 0; i < n; i++) out[i] = SCALE_VALUE(in[i], factor);
  f->ret_gpr[0] = (uint32_t)(n < 0 ? -1 : SCALE_STATUS(n));
  flip("scale", 0, (unsigned char *)&f->ret_gpr[0], 4);
  flip("scale", 1, (unsigned char *)out, n * 8);
  flip("scale", 2, state[0], 4);
  return ANSWER;
}

static uint32_t norm2(struct frame *f, unsigned char *const *state) {
  const struct vec *v = (const struct vec *)f->gpr[0];
  double value = NORM(v);
  (void)state;
  memcpy(f->ret_xmm[0], &value, 8);
  flip("norm2", 0, f->ret_xmm[0], 8);
  return 0;
}

static uint32_t crunch(struct frame *f, unsigned char *const *state) {
  struct vec *v = (struct vec *)f->gpr[0];
  int k = (int)f->gpr[1], i;
  (void)state;
  for (i = 0; i < k; i++) { v->x = v->x * 0.5 - v->y; v->y += 0.25; v->n ^= i; }
  v->x = CRUNCH_X(v->x);
  v->n = CRUNCH_N(v->n);
  flip("crunch", 0, (unsigned char *)v, 24);
  return 0;
}

static void start(void) {}

static const struct candidate candidates[] = {
  {"scale", HASH_SCALE, scale, 0, 1, 0, 0},
  {"norm2", HASH_NORM2, norm2, 0, 0, 0, 0},
  {"crunch", HASH_CRUNCH, crunch, 0, 0, 0, 0},
};
static const struct module module = {ABI, COUNT, candidates, "@(#) small module by hand", start};
const struct module *cmp_bridge_module(void) { return &module; }
