/* Another unit. */
#include "one.h"
/* @expect shared_inline: +H305@two.c:8 no */
int two(int x)
{ return small(x); }
int two_elsewhere(int x)
{ return elsewhere(x) + 1; }
int two_inline(int x) { return shared_inline(x) + outside(x); }
int two_two(int x) { return unit_two(x) + 1; }
