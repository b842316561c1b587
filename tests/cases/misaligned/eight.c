/*
 * eight.c - gcc calls a local routine with a stack that is misaligned by 8
 * when it knows that routine not to care: outer() here makes its call with the
 * stack as it got it. With stack arguments, too.
 */
#include <stdio.h>

__attribute__((noinline)) static long inner(long x) { return 5 * x + 2; }

__attribute__((noinline)) long outer(long x) { return inner(x) + x; }

__attribute__((noinline, noclone)) static long eight(long a, long b, long c, long d, long e, long f, long g, long h)
{
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}

__attribute__((noinline)) long outer_eight(long x)
{
  return eight(x, 2, 3, 4, 5, 6, x + 7, x + 8) ^ x;
}

int main(int argc, char **argv)
{
  long i, sum = 0;
  (void)argv;
  for (i = 0; i < 50; i++)
    sum += outer(i + argc) - outer_eight(i * argc);
  printf("%ld\n", sum);
  return 0;
}
