/* A candidate of paire.adb that writes every register it may. */
#include "module.h"
#include "scribble.h"

static uint32_t pas(struct frame *frame, unsigned char *const *state)
{
  double x;
  (void)state;
  scribble();
  memcpy(&x, frame->xmm[0], 8);
  x = x * 1.5 + 0.25;
  memcpy(frame->ret_xmm[0], &x, 8);
  return 0;
}

static const struct candidate list[] = {{"pas", HASH_PAS, pas, 0, 0, 0, 0}};
MODULE(list)
