/* What routines of a program call. */
#include <alloca.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KEPT __attribute__((noinline, noclone))
volatile int sink;

/* @expect on_signal: +H317@main.c:37 +H311 */
/* @expect on_action: +H317@main.c:38 +H311 */
/* @expect on_sort: -H317 +H311 yes */
static void on_signal(int number) { sink = number; }
static void on_action(int number) { sink = number + 1; }
static int on_sort(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

KEPT void sorts(int *values) { qsort(values, 3, sizeof *values, on_sort); }

/* @expect returns_twice: +H318 -H319 */
/* @expect returns_once: -H318 */
/* @expect leaves: +H319 -H318 */
/* @expect stays: -H319 */
jmp_buf place;
KEPT int returns_twice(int x) { if (setjmp(place)) return -1; return x + sink; }
KEPT int returns_once(int x) { if (sink) return -1; return x + sink; }
KEPT void leaves(int x) { sink = x; longjmp(place, 1); }
KEPT void stays(int x) { sink = x; }

KEPT void installs(void)
{
  struct sigaction action;
  signal(SIGUSR1, on_signal);
  action.sa_handler = on_action;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;
  sigaction(SIGUSR2, &action, NULL);
}

/* @expect ends: +H320@main.c:47 */
/* @expect ends_not: -H320 */
KEPT void ends(int x)
{ if (x > 3) exit(x); sink = x; }
KEPT void ends_not(int x) { if (x > 3) sink = 0; sink = x; }

/* @expect parts: +H322@main.c:54 */
/* @expect parts_r: -H322 */
/* @expect parts_far: +H322@main.c:54 */
KEPT int parts(char *text)
{ return strtok(text, ",") != NULL; }
KEPT int parts_r(char *text) { char *rest; return strtok_r(text, ",", &rest) != NULL; }
KEPT int parts_far(char *text) { return parts(text) + 1; }

/* @expect prints: +H323@main.c:62 */
/* @expect formats: -H323 */
/* @expect prints_far: +H323@main.c:62 */
KEPT void prints(int x)
{ printf("%d\n", x); sink = x; }
KEPT void formats(char *to, int x) { snprintf(to, 10, "%d", x); }
KEPT void prints_far(int x) { prints(x + 1); sink = x; }

/* @expect now: +H324 */
/* @expect then: -H324 */
KEPT long now(void) { return time(NULL) + 1; }
KEPT long then(long t) { return t + 1; }

/* @expect starts: +H325 */
/* @expect starts_not: -H325 */
KEPT int starts(const char *line) { return system(line) + 1; }
KEPT int starts_not(const char *line) { return (int)strlen(line) + 1; }

/* @expect on_stack: +H326@main.c:79 yes */
/* @expect on_fixed_stack: -H326 yes */
KEPT int on_stack(int n)
{ char *room = alloca(n); memset(room, n, n); sink = room[n / 2]; return sink; }
KEPT int on_fixed_stack(int n) { char room[4096]; memset(room, n, sizeof room); sink = room[n / 2]; return sink; }

/* @expect many: +H329 no */
/* @expect few: -H329 yes */
KEPT int many(int n, ...)
{
  va_list list;
  int sum = 0;
  va_start(list, n);
  while (n-- > 0) sum += va_arg(list, int);
  va_end(list);
  return sum;
}
KEPT int few(int n, int x) { return n * x; }

/* @expect other_way: +H328 no */
/* @expect usual_way: -H328 yes */
KEPT __attribute__((ms_abi)) long other_way(long a, long b) { return a * 3 + b + sink; }
KEPT long usual_way(long a, long b) { return a * 3 + b + sink; }

/* @expect calls_back: +H336@main.c:103 */
/* @expect calls_straight: -H336 */
KEPT int calls_back(int (*f)(int), int x)
{ return f(x) + 1; }
KEPT int calls_straight(int x) { return few(x, 2) + 1; }

/* @expect calls_through: -H336 +H323 */
KEPT void calls_through(void) { puts("through the dynamic linker"); sink = 1; }

int main(int argc, char **argv)
{
  int values[3] = { 3, 1, 2 };
  installs();
  sorts(values);
  sink = returns_twice(argc) + returns_once(argc);
  if (argc > 9) leaves(argc);
  stays(argc); ends(argc); ends_not(argc);
  sink = parts(argv[0]) + parts_r(argv[0]) + parts_far(argv[0]);
  prints(argc); prints_far(argc); formats(argv[0], argc);
  sink = (int)now() + (int)then(argc) + starts_not(argv[0]);
  if (argc > 9) starts(argv[0]);
  sink = on_stack(argc) + on_fixed_stack(argc) + many(2, argc, argc) + few(argc, 2);
  sink = (int)other_way(argc, 1) + (int)usual_way(argc, 1) + calls_back((int (*)(int))few, 1) + calls_straight(2);
  calls_through();
  return 0;
}
