/* Routines of a library, and who calls them. */
#include "one.h"

/* @expect aliased: +H301 -H303 yes */
/* @expect no_alias: -H301 yes */
int aliased(int x) { return outside(x) - 1; }
int other_name(int x) __attribute__((alias("aliased")));
int no_alias(int x) { return outside(x) - 2; }

/* @expect small: +H304@one.c:18 +H304@one.c:19 -H305 partly */
/* @expect small_kept: -H304 yes */
/* @expect gone: +H305@one.c:19 -H304 no */
__attribute__((visibility("hidden"))) int small(int x) { return x * 3 + 1; }
__attribute__((noinline)) int small_kept(int x) { return x * 3 + 2; }
static inline int gone(int x) { return x * 5; }

int with_small(int x)
{ return small(x) + small_kept(x); }
int with_gone(int x) { return gone(small(x)) + 1; }

/* A part that hardly ever runs is moved away. */
/* @expect with_cold: +H307 -H302 yes */
/* @expect without_cold: -H307 yes */
int with_cold(int x)
{
  if (__builtin_expect(x < 0, 0)) { complain(x); complain(x + 1); }
  return x + 1;
}
int without_cold(int x)
{
  if (x < 0) { outside(x); outside(x + 1); }
  return x + 1;
}

/* @expect target: +H308@one.c:44 -H314 yes */
/* @expect called: -H308 -H339 +H310@one.c:45 yes */
/* @expect unit_two: +H339@two.c:9 -H310 yes */
__attribute__((noinline, visibility("hidden"))) int unit_two(int x) { return outside(x) * 7; }
/* @expect tiny: +H309 yes */
/* @expect not_tiny: -H309 yes */
__attribute__((noinline, visibility("hidden"))) int target(int x) { return outside(x) * 2; }
__attribute__((noinline, visibility("hidden"))) int called(int x) { return outside(x) * 3; }
int jumps_on(int x)
{ return target(x + 1); }
int calls_on(int x) { return called(x + 1) + 1; }
void tiny(void) { }
int not_tiny(int x) { return x * 77 + 1; }

/* Called from two.c only. */
/* @expect elsewhere: -H310 -H315 +H313@two.c:7 yes */
int elsewhere(int x) { return outside(x) + 4; }

/* @expect in_table: +H311 -H315 yes */
/* @expect in_no_table: -H311 -H312 yes */
static int in_table(int x) { return outside(x) + 5; }
__attribute__((noinline)) int in_no_table(int x) { return outside(x) + 6; }
int (*const table[2])(int) = { in_table, outside };
int through_table(int x) { return in_no_table(x) + table[x & 1](x); }

/* @expect through_linker: +H313 -H310 yes */
/* @expect past_linker: -H313 +H310 yes */
__attribute__((noinline)) int through_linker(int x) { return outside(x) + 7; }
__attribute__((noinline, visibility("hidden"))) int past_linker(int x) { return outside(x) + 8; }
int both_ways(int x) { return through_linker(x) + past_linker(x) + 1; }

/* @expect recursive: +H314 yes */
/* @expect iterative: -H314 yes */
__attribute__((noinline, visibility("hidden"))) int recursive(int x)
{ return x < 2 ? outside(x) : recursive(x - 1) * recursive(x - 2) + 1; }
int iterative(int x)
{
  int p = 1;
  while (x > 1) p = outside(p) * x--;
  return p;
}
/* @expect uncalled: +H315 yes */
/* @expect recursive_user: +H315 */
int uncalled(int x) { return outside(x) + 9; }
int recursive_user(int x) { return recursive(x) + 1; }

/* @expect at_load: +H316 */
/* @expect not_at_load: -H316 */
int loaded;
__attribute__((constructor)) static void at_load(void) { loaded = outside(1); }
void not_at_load(void) { loaded = outside(2); }
