/* show.c - all that a program can see of the process it is in */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

double scale(const double *x, int n);
extern char **environ;

static int at_main;

static unsigned mxcsr(void)
{
  unsigned value;
  __asm__ volatile("stmxcsr %0" : "=m"(value));
  return value;
}

static unsigned x87(void)
{
  unsigned short value;
  __asm__ volatile("fnstcw %0" : "=m"(value));
  return value;
}

static void descriptors(void)
{
  int fd;
  struct stat is;
  for (fd = 0; fd < 1024; fd++)
    if (fstat(fd, &is) == 0)
      printf("fd %d mode %o flags %d %d\n", fd, is.st_mode & S_IFMT, fcntl(fd, F_GETFD), fcntl(fd, F_GETFL));
}

static void threads(void)
{
  DIR *tasks = opendir("/proc/self/task");
  int count = -2;
  while (readdir(tasks))
    count++;
  closedir(tasks);
  printf("threads %d\n", count);
}

static void signals(void)
{
  struct sigaction action;
  sigset_t mask;
  stack_t stack;
  int s;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  for (s = 1; s < 65; s++) {
    if (sigaction(s, NULL, &action))
      continue;
    printf("signal %d %s flags %x%s\n", s,
           action.sa_handler == SIG_DFL ? "default" : action.sa_handler == SIG_IGN ? "ignored" : "handled",
           (unsigned)action.sa_flags, sigismember(&mask, s) ? " blocked" : "");
  }
  sigpending(&mask);
  for (s = 1; s < 65; s++)
    if (sigismember(&mask, s))
      printf("pending %d\n", s);
  sigaltstack(NULL, &stack);
  printf("signal stack %d\n", stack.ss_flags);
}

static void environment(void)
{
  static char block[1 << 20];
  char **entry;
  size_t length, at;
  FILE *file = fopen("/proc/self/environ", "r");
  for (entry = environ; *entry; entry++)
    printf("environ %s\n", *entry);
  length = fread(block, 1, sizeof block - 1, file);
  fclose(file);
  for (at = 0; at < length; at += strlen(block + at) + 1)
    if (block[at])
      printf("proc %s\n", block + at);
  printf("PATH %s; SHOWN %s\n", getenv("PATH") ? "set" : "unset", getenv("SHOWN"));
}

static void mappings(void)
{
  char line[1024], rights[8];
  int both = 0;
  FILE *maps = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, maps)) {
    sscanf(line, "%*s %7s", rights);
    both += rights[1] == 'w' && rights[2] == 'x';
  }
  fclose(maps);
  printf("writable and executable %d\n", both);
}

static void limits(void)
{
  struct rlimit limit;
  struct itimerval timer;
  int r;
  for (r = 0; r < RLIM_NLIMITS; r++) {
    getrlimit(r, &limit);
    printf("limit %d %llu %llu\n", r, (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
  }
  for (r = 0; r < 3; r++) {
    getitimer(r, &timer);
    printf("timer %d %ld %ld\n", r, timer.it_value.tv_sec, timer.it_value.tv_usec);
  }
  r = umask(0);
  umask((mode_t)r);
  printf("umask %o nice %d dumpable %d death %d secure %lu\n", (unsigned)r, getpriority(PRIO_PROCESS, 0),
         prctl(PR_GET_DUMPABLE), prctl(PR_GET_PDEATHSIG, &r) ? -1 : r, getauxval(AT_SECURE));
  printf("no new privileges %d subreaper %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
         prctl(PR_GET_CHILD_SUBREAPER, &r) ? -1 : r);
}

int main(int argc, char **argv)
{
  static const double x[5] = {1, 2, 3, 4, 5};
  char name[256] = "";
  int i, seen;

  at_main = errno;
  printf("errno %d mxcsr %x x87 %x\n", at_main, mxcsr(), x87());
  for (i = 0; i < argc; i++)
    printf("argv %s\n", argv[i]);
  printf("name %s %s\n", program_invocation_name, program_invocation_short_name);
  prctl(PR_GET_NAME, name);
  printf("comm %s locale %s\n", name, setlocale(LC_ALL, NULL));
  if (getcwd(name, sizeof name))
    printf("cwd %s\n", name);
  for (i = 1; i <= 5; i++) {
    errno = 7;
    printf("%g ", scale(x, i));
    seen = errno;
    printf("errno %d mxcsr %x x87 %x\n", seen, mxcsr(), x87());
  }
  descriptors();
  threads();
  signals();
  environment();
  mappings();
  limits();
  fprintf(stderr, "the program's own words\n");
  return 6;
}
