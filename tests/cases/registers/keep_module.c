/* A candidate of touch() that writes every register it may. */
#include "module.h"
#include "scribble.h"

static uint32_t touch(struct frame *frame, unsigned char *const *state)
{
  (void)state;
  scribble();
  frame->ret_gpr[0] = 3 * frame->gpr[0] + 1;
  return 0;
}

static const struct candidate list[] = {{"touch", HASH_TOUCH, touch, 0, 0, 0, 0}};
MODULE(list)
