/*
 * naive.c - how not to hook: the routines are sent to identical ones, which
 * also note the call. Each keeps to the ABI (and aligns the stack, which gcc
 * leaves misaligned for such a call), and that is not enough.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static char note[256];

static void take_note(double x)
{
  memset(note, 0, sizeof note);
  snprintf(note, sizeof note, "%g", x);
}

#define ALIGNED __attribute__((force_align_arg_pointer))

ALIGNED static long same_step(long x) { take_note(x); return 3 * x + 1; }
ALIGNED static double same_scale(double x) { take_note(x); return x * 1.5 + 0.25; }
ALIGNED static double same_pas(const double *x) { take_note(*x); return *x * 1.5 + 0.25; }

static void detour(const char *name, void *to)
{
  unsigned char code[14] = {0xff, 0x25, 0, 0, 0, 0};
  unsigned char *entry = dlsym(RTLD_DEFAULT, name);
  uintptr_t page = (uintptr_t)entry & ~(uintptr_t)4095;

  if (!entry)
    return;
  memcpy(code + 6, &to, 8);
  mprotect((void *)page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC);
  memcpy(entry, code, sizeof code);
}

__attribute__((constructor)) static void install(void)
{
  detour("step", same_step);
  detour("scale", same_scale);
  detour("pas_", same_pas);
  detour("paire__pas", same_scale);
}
