// early.cpp - a library that starts a thread before main, as middleware does
#include <pthread.h>
#include <sched.h>

extern "C" long early_work(long n);
extern "C" long early_sum();

static volatile long sum;
static volatile int begun, asked;

static void *work(void *)
{
  for (long i = 1; i <= 200; i++) {
    sum += early_work(i);
    begun = 1;
  }
  while (!asked)
    sched_yield();
  return 0;
}

struct Starter {
  pthread_t id;
  Starter()
  {
    pthread_create(&id, 0, work, 0);
    while (!begun)
      sched_yield();
  }
};

static Starter starter;

long early_sum()
{
  asked = 1;
  pthread_join(starter.id, 0);
  return sum;
}
