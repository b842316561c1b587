/* user.c - a library that the user preloads */
#include <sys/types.h>
#include <unistd.h>

pid_t getppid(void)
{
  return 4711;
}
