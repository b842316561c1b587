/*
 * pair.c - combine_*() and the routines they call, in one unit: with -O2 (which
 * implies -fipa-ra) gcc keeps values of the callers in registers that the ABI
 * lets step() and scale() write, because it sees that they do not.
 */
#include "pair.h"

__attribute__((noinline)) long step(long x) { return 3 * x + 1; }

__attribute__((noinline)) double scale(double x) { return x * 1.5 + 0.25; }

__attribute__((noinline)) long combine_long(long a, long b, long c, long d, long e)
{
  long s = step(a);
  return s + 2 * b + 3 * c + 5 * d + 7 * e;
}

__attribute__((noinline)) double combine_double(double a, double b, double c, double d)
{
  double s = scale(a);
  return s + 2 * b + 3 * c + 5 * d;
}

__attribute__((noinline)) void combine_wide(const wide *from, wide *to, double x)
{
  wide a = from[0], b = from[1];
  double s = scale(x);
  *to = a * s + b;
}
