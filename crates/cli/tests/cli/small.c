#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct vec { double x, y; int n; };
static int calls_made;

int scale(int n, const double *in, double *out, double factor) {
  int i;
  calls_made++;
  if (n < 0) return -1;
  for (i = 0; i < n; i++) out[i] = in[i] * factor + 0.5;
  return n > 3 ? 1 : 0;
}

double norm2(const struct vec *v) { return v->x * v->x + v->y * v->y + v->n; }

void crunch(struct vec *v, int k) {
  int i;
  for (i = 0; i < k; i++) { v->x = v->x * 0.5 - v->y; v->y += 0.25; v->n ^= i; }
}

static inline __attribute__((always_inline)) int work(int rounds) {
  double in[4] = {1, 2, 3, 4}, out[4] = {0};
  struct vec v = {1, 2, 3};
  int i, sum = 0;
  for (i = 0; i < rounds; i++) {
    sum += scale(i % 5, in, out, 1.0 + i);
    crunch(&v, i % 3);
    sum += (int)norm2(&v) % 7;
  }
  printf("sum=%d out=%g v=%g,%g,%d\n", sum, out[0], v.x, v.y, v.n);
  return sum;
}

static void on_signal(int signal) {
  char text[] = "signal 00\n";
  text[7] = '0' + signal / 10;
  text[8] = '0' + signal % 10;
  if (write(1, text, 10) != 10) _exit(1);
  if (signal == SIGTERM) _exit(7);
}

/* small ROUNDS [exit STATUS | die SIGNAL | wait | loop | libc] */
int main(int argc, char **argv) {
  work(argc > 1 ? atoi(argv[1]) : 10);
  fflush(stdout);
  if (argc > 3 && !strcmp(argv[2], "exit")) return atoi(argv[3]);
  if (argc > 3 && !strcmp(argv[2], "die")) raise(atoi(argv[3]));
  if (argc > 2 && !strcmp(argv[2], "wait")) {
    signal(SIGTERM, on_signal);
    signal(SIGHUP, on_signal);
    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, on_signal);
    if (write(1, "ready\n", 6) != 6) return 1;
    for (;;) pause();
  }
  if (argc > 2 && !strcmp(argv[2], "libc")) {
    const char *home = getenv("HOME");
    char **variable;
    printf("%s %s %s %d\n", program_invocation_name, program_invocation_short_name, home ? home : "homeless", argc);
    for (variable = environ; *variable; variable++) puts(*variable);
  }
  if (argc > 2 && !strcmp(argv[2], "loop")) {
    double in[4] = {1, 2, 3, 4}, out[4];
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
      scale(4, in, out, atof(line));
      printf("%g\n", out[0]);
      fflush(stdout);
    }
  }
  return 0;
}
