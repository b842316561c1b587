/*
 * hammer.c THREADS CALLS - calls from many threads, which all live until all
 * are done; with CALLS 0 until a file `stop` is there. Prints the number of
 * wrong answers.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "routines.h"

static long calls;
static volatile int stop;
static long wrong;
static pthread_barrier_t begin, end;

static void *hammer(void *argument)
{
  long me = (long)argument, i, bad = 0;
  double buffer[8];

  pthread_barrier_wait(&begin);
  for (i = 0; calls ? i < calls : !stop; i++) {
    if (mix(i, (double)me) != i * 7 + me * 4)
      bad++;
    if (fill(buffer, 8, (double)i) != 8.0 * (double)i + 28 || buffer[7] != (double)i + 7)
      bad++;
  }
  __sync_fetch_and_add(&wrong, bad);
  pthread_barrier_wait(&end);
  return 0;
}

int main(int argc, char **argv)
{
  int threads = argc > 1 ? atoi(argv[1]) : 8, i;
  pthread_t *id = malloc((size_t)threads * sizeof *id);

  calls = argc > 2 ? atol(argv[2]) : 0;
  pthread_barrier_init(&begin, 0, (unsigned)threads);
  pthread_barrier_init(&end, 0, (unsigned)threads);
  for (i = 0; i < threads; i++)
    pthread_create(&id[i], 0, hammer, (void *)(long)i);
  while (!calls && access("stop", F_OK))
    usleep(1000);
  stop = 1;
  for (i = 0; i < threads; i++)
    pthread_join(id[i], 0);
  printf("wrong %ld\n", wrong);
  return 0;
}
