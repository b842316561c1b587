/* routine.c - the routine that is hooked */
#include <errno.h>

double scale(const double *x, int n)
{
  double sum = 0;
  int i;
  for (i = 0; i < n; i++)
    sum += x[i] * 1.5;
  if (n > 3)
    errno = 33;
  return sum;
}
