/* main.c - knows of pair.c only what the ABI says */
#include <stdio.h>
#include "pair.h"

#define LANES (int)(sizeof(wide) / sizeof(double))

int main(void)
{
  static wide from[2], to;
  long total = 0;
  double sum = 0;
  int i, lane;

  setvbuf(stdout, NULL, _IONBF, 0);
  for (i = 1; i <= 100; i++)
    total += combine_long(i, i + 1, i + 2, i + 3, i + 4);
  printf("long %ld\n", total);
  for (i = 1; i <= 100; i++)
    sum += combine_double(i, i + 0.5, i + 0.25, i + 0.125);
  printf("double %.17g\n", sum);
  for (i = 1; i <= 100; i++) {
    for (lane = 0; lane < LANES; lane++) {
      from[0][lane] = i + lane;
      from[1][lane] = i - lane;
    }
    combine_wide(from, &to, i);
    for (lane = 0; lane < LANES; lane++)
      sum += to[lane];
  }
  printf("wide %.17g\n", sum);
  return 0;
}
