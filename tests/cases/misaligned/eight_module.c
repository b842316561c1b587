/* Candidates of eight.c; each needs a stack that is aligned as the ABI says. */
#include <stdlib.h>
#include "module.h"

static void require_aligned(void *frame_address)
{
  if ((uintptr_t)frame_address & 15)
    abort();
}

static uint32_t inner(struct frame *frame, unsigned char *const *state)
{
  (void)state;
  require_aligned(__builtin_frame_address(0));
  frame->ret_gpr[0] = 5 * frame->gpr[0] + 2;
  return 0;
}

static uint32_t eight(struct frame *frame, unsigned char *const *state)
{
  uint64_t sum = 0, stack[2];
  int i;
  (void)state;
  require_aligned(__builtin_frame_address(0));
  memcpy(stack, frame->stack, sizeof stack);
  for (i = 0; i < 6; i++)
    sum += (uint64_t)(i + 1) * frame->gpr[i];
  frame->ret_gpr[0] = sum + 7 * stack[0] + 8 * stack[1];
  return 0;
}

static const struct candidate list[] = {
  {"inner", HASH_INNER, inner, 0, 0, 0, 0},
  {"eight", HASH_EIGHT, eight, 0, 0, 0, 0},
};
MODULE(list)
