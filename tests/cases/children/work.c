/* work.c - the routines that are hooked */
#include <sys/types.h>
#include <unistd.h>

long work(long n)
{
  return 2 * n + 1;
}

/* forks inside of a hooked routine: both processes return from it */
pid_t split(long n)
{
  pid_t pid = fork();
  return n ? pid : 0;
}
