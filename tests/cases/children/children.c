/* children.c MODE - every way to have a child */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

long work(long n);
pid_t split(long n);
extern char **environ;

static void series(const char *who, long from, long to)
{
  long n, sum = 0;
  for (n = from; n <= to; n++)
    sum += work(n);
  printf("%s %ld\n", who, sum);
  fflush(stdout);
}

static void end(pid_t pid)
{
  int status = 0;
  waitpid(pid, &status, 0);
  printf("child ended %d\n", WEXITSTATUS(status));
  fflush(stdout);
}

static void forks(void)
{
  pid_t pid;

  series("parent", 1, 10);
  pid = fork();
  if (pid == 0) {
    series("child", 1000, 1100);
    pid = fork();
    if (pid == 0) {
      series("grandchild", 2000, 2100);
      _exit(5);
    }
    end(pid);
    _exit(4);
  }
  end(pid);
  pid = split(1);
  if (pid == 0) {
    series("child inside", 3000, 3100);
    _exit(6);
  }
  end(pid);
  series("parent", 11, 20);
}

static void programs(void)
{
  char *echo[] = {"echo", "vforked", NULL}, *spawned[] = {"echo", "spawned", NULL};
  char line[64];
  FILE *pipe;
  pid_t pid;

  series("parent", 1, 10);
  pid = vfork();
  if (pid == 0) {
    execvp("echo", echo);
    _exit(127);
  }
  end(pid);
  posix_spawnp(&pid, "echo", NULL, NULL, spawned, environ);
  end(pid);
  pipe = popen("echo piped", "r");
  while (fgets(line, sizeof line, pipe))
    printf("read %s", line);
  printf("pclose %d\n", pclose(pipe));
  fflush(stdout);
  series("parent", 11, 20);
}

/* whether anything of the bridge is mapped here */
static void mapped(const char *who)
{
  char line[1024];
  int found = 0;
  FILE *maps = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, maps))
    found += strstr(line, "cmp_bridge_agent") != NULL;
  fclose(maps);
  printf("%s: agent %s\n", who, found ? "mapped" : "not mapped");
  fflush(stdout);
}

int main(int argc, char **argv)
{
  const char *mode = argc > 1 ? argv[1] : "";

  if (!strcmp(mode, "forks")) {
    forks();
  } else if (!strcmp(mode, "programs")) {
    programs();
  } else if (!strcmp(mode, "environment")) {
    char **entry;
    for (entry = environ; *entry; entry++)
      printf("own %s\n", *entry);
    fflush(stdout);
    printf("system %d\n", system("env"));
    fflush(stdout);
    series("parent", 1, 10);
  } else if (!strcmp(mode, "again")) {
    series("first", 1, 10);
    execl("/proc/self/exe", argv[0], "second", (char *)NULL);
    return 9;
  } else {
    mapped(mode);
    series(mode, 5000, 5100);
    return system("env") ? 1 : 8;
  }
  return 3;
}
