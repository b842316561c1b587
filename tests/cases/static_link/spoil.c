/*
 * spoil.c - how not to hook: the routine's first instructions are moved away,
 * and r10 is used on the way, as any code may that knows the ABI of C only.
 * SPOIL=ADDRESS LENGTH, of whole instructions that may be moved.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static unsigned char scratch[4096];

static unsigned char *jump(unsigned char *at, void *to)
{
  static const unsigned char code[6] = {0xff, 0x25, 0, 0, 0, 0};

  memcpy(at, code, sizeof code);
  memcpy(at + sizeof code, &to, 8);
  return at + 14;
}

__attribute__((constructor)) static void install(void)
{
  const char *spoil = getenv("SPOIL");
  void *address, *middle = scratch + sizeof scratch / 2;
  unsigned char *entry, *page, *at;
  int length;

  if (!spoil || sscanf(spoil, "%p %d", &address, &length) != 2 || length < 14)
    return;
  entry = address;
  at = page = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *at++ = 0x49; /* movabs $middle, %r10 */
  *at++ = 0xba;
  memcpy(at, &middle, 8);
  at += 8;
  memcpy(at, entry, length);
  jump(at + length, entry + length);
  mprotect((void *)((unsigned long)entry & ~4095ul), 8192, PROT_READ | PROT_WRITE | PROT_EXEC);
  jump(entry, page);
}
