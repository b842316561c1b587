/* Candidates of pair.c and pas.f that write every register they may. */
#include "module.h"
#include "scribble.h"

#ifdef HASH_STEP
static uint32_t step(struct frame *frame, unsigned char *const *state)
{
  (void)state;
  scribble();
  frame->ret_gpr[0] = 3 * frame->gpr[0] + 1;
  return 0;
}

static uint32_t scale(struct frame *frame, unsigned char *const *state)
{
  double x;
  (void)state;
  scribble();
  memcpy(&x, frame->xmm[0], 8);
  x = x * 1.5 + 0.25;
  memcpy(frame->ret_xmm[0], &x, 8);
  return 0;
}
#endif

#ifdef HASH_PAS
static uint32_t pas(struct frame *frame, unsigned char *const *state)
{
  double x;
  (void)state;
  scribble();
  memcpy(&x, (const void *)frame->gpr[0], 8);
  x = x * 1.5 + 0.25;
  memcpy(frame->ret_xmm[0], &x, 8);
  return 0;
}
#endif

static const struct candidate list[] = {
#ifdef HASH_STEP
  {"step", HASH_STEP, step, 0, 0, 0, 0},
  {"scale", HASH_SCALE, scale, 0, 0, 0, 0},
#endif
#ifdef HASH_PAS
  {"pas", HASH_PAS, pas, 0, 0, 0, 0},
#endif
};
MODULE(list)
