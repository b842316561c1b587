/* count.c - a preloaded library with a plain constructor: how many threads are there when it runs? */
#include <dirent.h>
#include <stdio.h>

__attribute__((constructor)) static void count(void)
{
  DIR *tasks = opendir("/proc/self/task");
  int threads = -2;

  while (readdir(tasks))
    threads++;
  closedir(tasks);
  fprintf(stderr, "%d threads\n", threads);
}
