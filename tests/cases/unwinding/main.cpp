// main.cpp - exceptions, longjmp and the end of a thread pass through C routines
#include <csetjmp>
#include <cstdio>
#include <pthread.h>
#include <stdexcept>
#include "routines.h"

static std::jmp_buf place;

struct Noisy {
  const char *name;
  explicit Noisy(const char *n) : name(n) {}
  ~Noisy() { std::printf("  ~%s\n", name); }
};

static int plain(int i, void *) { return i + 1; }

static int thrower(int i, void *user)
{
  if (i == 3)
    throw std::runtime_error(static_cast<const char *>(user));
  return i;
}

static int jumper(int i, void *)
{
  if (i == 2)
    std::longjmp(place, 5);
  return i;
}

static int nested(int i, void *user) { return apply(i, plain, user) * 10; }

// The inner call throws through two hooked frames.
static int deep_thrower(int, void *user)
{
  Noisy inner("inner");
  return apply(5, thrower, user);
}

static int leaver(int i, void *)
{
  if (i == 1)
    pthread_exit(0);
  return i;
}

static void *thread(void *)
{
  Noisy local("thread");
  apply(4, leaver, 0);
  std::puts("never");
  return 0;
}

static void caught(callback f, const char *what)
{
  try {
    Noisy local("local");
    std::printf("%d\n", apply(5, f, const_cast<char *>(what)));
  } catch (const std::exception &e) {
    std::printf("caught %s\n", e.what());
  }
  std::printf("after %d\n", apply(5, plain, 0));
}

int main()
{
  pthread_t id;
  volatile int turn;

  for (turn = 0; turn < 10; turn++)
    caught(thrower, "one frame");
  caught(deep_thrower, "two frames");
  for (turn = 0; turn < 10; turn++) {
    int value = setjmp(place);
    if (value == 0)
      apply(5, jumper, 0);
    else
      std::printf("longjmp %d, after %d\n", value, apply(5, plain, 0));
  }
  std::printf("nested %d\n", apply(4, nested, 0));
  std::printf("front %d\n", front(20));
  pthread_create(&id, 0, thread, 0);
  pthread_join(id, 0);
  std::printf("deep %ld\n", sum_down(2000));
  std::printf("last %d\n", apply(2, plain, 0));
  return 4;
}
