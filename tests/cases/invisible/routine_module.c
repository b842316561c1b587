/*
 * A candidate of scale() that leaves traces: errno, exception flags, also
 * those of the x87. It declines where it is not given the environment that
 * Rust is compiled for.
 */
#include <errno.h>
#include "module.h"
#include "scribble.h"

static uint32_t scale(struct frame *frame, unsigned char *const *state)
{
  const double *x = (const double *)frame->gpr[0];
  int n = (int)frame->gpr[1], i;
  volatile double zero = 0, tiny = 1e-310, sum = 0;
  volatile long double wide = 0;
  unsigned mxcsr;
  unsigned short x87;
  (void)state;
  __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
  __asm__ volatile("fnstcw %0" : "=m"(x87));
  if ((mxcsr & 0xffc0) != 0x1f80 || x87 != 0x037f)
    return 2;
  for (i = 0; i < n; i++)
    sum += x[i] * 1.5;
  frame->ret_xmm[0][0] = 0;
  memcpy(frame->ret_xmm[0], (const void *)&sum, 8);
  errno = 99;
  zero = 1 / zero;
  tiny = tiny / 3;
  wide = 1 / wide;
  wide = wide - wide;
  scribble();
  /* The legacy routine's own way with errno is not the candidate's to copy. */
  return 0;
}

static const struct candidate list[] = {{"scale", HASH_SCALE, scale, 0, 0, 0, 0}};
MODULE(list)
