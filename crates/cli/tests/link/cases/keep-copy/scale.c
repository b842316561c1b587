#include <stdlib.h>
extern int rate(void);
/* `both` stands in the same member, and is needed: the member stays, and its call must be turned. */
__attribute__((noinline)) int scale(int x) { return x * rate(); }
int both(int x) { return scale(x) + 1; }
