/* routines.c */
#include "routines.h"

long mix(long a, double b)
{
  return a * 7 + (long)(b * 4);
}

double fill(double *to, int n, double x)
{
  int i;
  double sum = 0;
  for (i = 0; i < n; i++)
    sum += to[i] = x + i;
  return sum;
}

long tick(long n)
{
  return n * n + 3;
}

long last(long n)
{
  return n ^ 0x55;
}
