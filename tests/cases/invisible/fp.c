/*
 * fp.c MODE - the floating-point environment around calls of a hooked
 * routine. MODE: plain; traps: division by zero, invalid and overflow are
 * unmasked, as by gfortran -ffpe-trap; down: rounding down. Linked with -Ofast
 * it starts with FTZ and DAZ.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <stdio.h>
#include <string.h>

double scale(const double *x, int n);

static unsigned mxcsr(void)
{
  unsigned value;
  __asm__ volatile("stmxcsr %0" : "=m"(value));
  return value;
}

static unsigned x87(void)
{
  unsigned short value;
  __asm__ volatile("fnstcw %0" : "=m"(value));
  return value;
}

static unsigned x87_status(void)
{
  unsigned short value;
  __asm__ volatile("fnstsw %0" : "=m"(value));
  return value & 0xff;
}

int main(int argc, char **argv)
{
  static double x[5] = {1, 2, 3, 4, 5};
  volatile long double wide = 3;
  int turn, flags = argc > 2;

  x[0] = argc;
  if (!strcmp(argv[1], "traps"))
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
  if (!strcmp(argv[1], "down"))
    fesetround(FE_DOWNWARD);
  for (turn = 1; turn <= 5; turn++) {
    double value;
    errno = 10 + turn;
    feclearexcept(FE_ALL_EXCEPT);
    value = scale(x, turn);
    printf("%.17g errno %d mxcsr %x x87 %x", value, errno, mxcsr() & (flags ? 0xffff : 0xffc0), x87());
    if (flags)
      printf(" x87 status %x", x87_status());
    wide = wide * 2 + 1;
    printf(" %Lg\n", wide / 4);
  }
  return 0;
}
