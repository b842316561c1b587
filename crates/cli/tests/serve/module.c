/* A module for served.toml, by hand: what a compiler other than rustc makes of the module boundary. Macros make it another
   build of the same, or wrong in one way. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <time.h>

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
struct slot {
  const char *routine;
  uint64_t contract_hash;
  void **address;
  void *state;
  uint32_t state_count;
};
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

#ifndef BUILD
#define BUILD 1
#endif
#ifndef BIT
#define BIT 0
#endif

static void *legacy_scale, *legacy_crunch;
static const struct slot slots[] = {
  {"scale", HASH_SCALE, &legacy_scale, 0, 1},
  {"crunch", HASH_CRUNCH, &legacy_crunch, 0, 0},
};

static uint32_t scale(struct frame *f, unsigned char *const *state) {
  int n = (int)f->gpr[0], i;
  const double *in = (const double *)f->gpr[1];
  double *out = (double *)f->gpr[2], factor;
  ++*(int *)state[0];
  memcpy(&factor, f->xmm[0], 8);
  for (i = 0; i < n; i++) out[i] = in[i] * factor + BUILD - 1;
  f->ret_gpr[0] = (uint32_t)(n > 3 ? 1 : 0);
  return n > 3;
}

static uint32_t crunch(struct frame *f, unsigned char *const *state) {
  struct vec *v = (struct vec *)f->gpr[0];
  int k = (int)f->gpr[1], i;
  double sum;
  (void)state;
#ifdef CALLS_CONTROL
  if (legacy_crunch) return 2;
#endif
  for (i = 0; i < k; i++) { v->x = v->x * 0.5 - v->y; v->y += 0.25; v->n ^= i; }
  v->n ^= BIT;
#ifdef CRASHES
  if (k == 13) abort();
#endif
  sum = v->x + v->y;
  memcpy(f->ret_xmm[0], &sum, 8);
  return 0;
}

static uint32_t pause_ms(struct frame *f, unsigned char *const *state) {
  int ms = (int)f->gpr[0];
  struct timespec time = {ms / 1000, (long)(ms % 1000) * 1000000};
  (void)state;
  nanosleep(&time, 0);
  f->ret_gpr[0] = (uint32_t)(ms + BUILD);
  return 0;
}

/* Eight integers of which two are on the stack, a float, a record there, too. */
static uint32_t spell(struct frame *f, unsigned char *const *state) {
  int64_t e = (int64_t)f->gpr[5], n = (int64_t)f->gpr[1];
  int16_t last = *(const int16_t *)f->stack;
  const struct vec *v = (const struct vec *)(f->stack + 8);
  char *out = *(char *const *)(f->stack + 32), line[200];
  float b;
  (void)state;
  memcpy(&b, f->xmm[0], 4);
  sprintf(line, "%s %ld %.2f %d %ld %ld %d %g %g %d", (const char *)f->gpr[0], (long)f->gpr[2], b,
          (int)(unsigned char)f->gpr[3], (long)f->gpr[4], (long)e, last, v->x, v->y, v->n);
  memset(out, '.', (size_t)n);
  memcpy(out, line, strlen(line) < (size_t)n ? strlen(line) : (size_t)n);
  f->ret_gpr[0] = strlen(line);
  return 0;
}

static uint32_t answers(struct frame *f, unsigned char *const *state) {
  (void)state;
  f->ret_gpr[0] = 4711;
  return (uint32_t)f->gpr[0];
}

static void start(void) {}

static const struct candidate candidates[] = {
  {"scale", HASH_SCALE, scale, 0, 1, 2, slots},
  {"crunch", HASH_CRUNCH, crunch, 0, 0, 2, slots},
  {"pause", HASH_PAUSE, pause_ms, 0, 0, 0, 0},
  {"spell", HASH_SPELL, spell, 0, 0, 0, 0},
  {"answers", HASH_ANSWERS, answers, 0, 0, 0, 0},
  {"prints", HASH_PRINTS, answers, 0, 0, 0, 0},
};
static const struct module module = {1, 6, candidates, "@(#) served module by hand", start};
const struct module *cmp_bridge_module(void) { return &module; }
