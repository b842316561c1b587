/* parent.c - sees whether the user's library is there */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

long work(long n);

int main(void)
{
  printf("%ld %d\n", work(20), (int)getppid() == 4711);
  fflush(stdout);
  return system("env | grep LD_PRELOAD");
}
