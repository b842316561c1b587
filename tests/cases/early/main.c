/* main.c */
#include <stdio.h>

long early_work(long n);
long early_sum(void);

int main(void)
{
  printf("%ld %ld\n", early_sum(), early_work(1000));
  return 0;
}
