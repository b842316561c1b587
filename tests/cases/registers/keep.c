/* keep.c - says which registers did not come back from a call of touch() as they were. */
#include <stdio.h>
#include <string.h>

long keep(const void *in, void *out);

#ifndef WIDTH
#define WIDTH 16
#endif

/* keep() takes wide registers: rcx rdx rsi rdi r8-r11, k0-k7, then 64 bytes a vector */
static unsigned char in[128 + 32 * 64], out[128 + 32 * 64];

int main(void)
{
  static const char *const name[8] = {"rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11"};
  int vectors = WIDTH == 64 ? 32 : 16, turn, i;
  long answer = 0, first;

  for (turn = 0; turn < 10; turn++) {
    for (i = 0; i < (int)sizeof in; i++)
      in[i] = (unsigned char)(i * 7 + turn * 31 + (i >> 8));
    memset(out, 0, sizeof out);
    answer = keep(in, out);
    memcpy(&first, in + 24, 8);
    printf("answer %d\n", answer == 3 * first + 1);
    for (i = 0; i < 8; i++)
      if (memcmp(in + 8 * i, out + 8 * i, 8))
        printf("lost %s\n", name[i]);
    for (i = 0; WIDTH == 64 && i < 8; i++)
      if (memcmp(in + 64 + 8 * i, out + 64 + 8 * i, 8))
        printf("lost k%d\n", i);
    for (i = 0; i < vectors; i++)
      if (memcmp(in + 128 + 64 * i, out + 128 + 64 * i, WIDTH))
        printf("lost vector %d\n", i);
  }
  return 0;
}
