/*
 * signals.c MODE COUNT - a timer's handler calls a routine while others are
 * called, COUNT times. MODE: plain; above, below: on a signal stack above or
 * below the thread's own; jump: the handler leaves by siglongjmp, now and then.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>
#include "routines.h"

#define STACK 262144

static volatile long signals, wrong, rounds, jumps;
static sigjmp_buf place;
static volatile int armed;
static const char *mode;
static long count;
static unsigned char *area;

static void handler(int signal)
{
  long n = ++signals;
  (void)signal;
  if (tick(n) != n * n + 3)
    wrong++;
  if (armed && mode[0] == 'j' && n % 3 == 0) {
    jumps++;
    siglongjmp(place, 1);
  }
}

static void timer(long microseconds)
{
  struct itimerval value;
  value.it_value.tv_sec = value.it_interval.tv_sec = 0;
  value.it_value.tv_usec = value.it_interval.tv_usec = microseconds;
  setitimer(ITIMER_REAL, &value, 0);
}

static void *work(void *unused)
{
  double buffer[16];
  long i;

  if (mode[0] == 'a' || mode[0] == 'b') {
    stack_t stack;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = mode[0] == 'a' ? area + 2 * STACK : area;
    stack.ss_size = STACK;
    sigaltstack(&stack, 0);
  }
  timer(50);
  while (signals < count) {
    if (sigsetjmp(place, 1) == 0) {
      armed = 1;
      if (fill(buffer, 16, (double)rounds) != 16.0 * (double)rounds + 120 || mix(rounds, 0.5) != rounds * 7 + 2)
        wrong++;
      armed = 0;
      rounds++;
    }
  }
  timer(0);
  usleep(500000); /* whoever listens may be behind */
  for (i = 0; i < 10; i++)
    if (last(i) != (i ^ 0x55))
      wrong++;
  return unused;
}

int main(int argc, char **argv)
{
  struct sigaction action;
  pthread_attr_t attributes;
  pthread_t id;
  sigset_t alarm;

  mode = argv[1];
  count = atol(argv[argc - 1]);
  area = mmap(0, 3 * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK | SA_RESTART;
  sigaction(SIGALRM, &action, 0);
  if (mode[0] == 'p' || mode[0] == 'j') {
    work(0);
  } else {
    /* the thread's stack is one half of the area, its signal stack the other */
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, mode[0] == 'a' ? area : area + 2 * STACK, STACK);
    pthread_create(&id, &attributes, work, 0);
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm, 0);
    pthread_join(id, 0);
  }
  fprintf(stderr, "%ld rounds, %ld signals, %ld jumps\n", rounds, signals, jumps);
  printf("wrong %ld\n", wrong);
  return 0;
}
