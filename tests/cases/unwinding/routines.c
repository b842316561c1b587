/* routines.c - C routines that C++ callbacks leave in every way there is */
#include "routines.h"

__attribute__((noinline)) int add(int a, int b)
{
  return a + b;
}

/* sum of f(i, user) for i in 0 .. n-1 */
int apply(int n, callback f, void *user)
{
  int i, sum = 0;
  for (i = 0; i < n; i++)
    sum = add(sum, f(i, user));
  return sum;
}

/* not a tail call, nor one that gcc can make one */
__attribute__((noinline)) long sum_down(long n)
{
  return n == 0 ? 1 : (sum_down(n - 1) ^ n) * 7 + 1;
}

__attribute__((noinline)) int back(int x, int y)
{
  return 2 * x + y;
}

/* ends with a jump to back() */
__attribute__((noinline)) int front(int x)
{
  return back(x + 1, 5);
}
