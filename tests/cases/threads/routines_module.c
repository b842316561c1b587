/* Candidates of routines.c, slow enough for signals to come while they are at work. */
#include "module.h"

static void linger(void)
{
  volatile int i;
  for (i = 0; i < 2000; i++)
    ;
}

static uint32_t mix(struct frame *frame, unsigned char *const *state)
{
  double b;
  (void)state;
  linger();
  memcpy(&b, frame->xmm[0], 8);
  frame->ret_gpr[0] = frame->gpr[0] * 7 + (uint64_t)(int64_t)(b * 4);
  return 0;
}

static uint32_t fill(struct frame *frame, unsigned char *const *state)
{
  double *to = (double *)frame->gpr[0], x, sum = 0;
  int n = (int)frame->gpr[1], i;
  (void)state;
  memcpy(&x, frame->xmm[0], 8);
  for (i = 0; i < n; i++)
    sum += to[i] = x + i;
  linger();
  memcpy(frame->ret_xmm[0], &sum, 8);
  return 0;
}

static uint32_t tick(struct frame *frame, unsigned char *const *state)
{
  (void)state;
  frame->ret_gpr[0] = frame->gpr[0] * frame->gpr[0] + 3;
  return 0;
}

static uint32_t last(struct frame *frame, unsigned char *const *state)
{
  (void)state;
  frame->ret_gpr[0] = frame->gpr[0] ^ 0x55;
  return 0;
}

static const struct candidate list[] = {
  {"mix", HASH_MIX, mix, 0, 0, 0, 0},
  {"fill", HASH_FILL, fill, 0, 0, 0, 0},
  {"tick", HASH_TICK, tick, 0, 0, 0, 0},
  {"last", HASH_LAST, last, 0, 0, 0, 0},
};
MODULE(list)
