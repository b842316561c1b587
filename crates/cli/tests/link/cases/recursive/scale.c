extern int rate(void);
/* Calls itself through its name where it is interposable. */
__attribute__((noinline, noclone, optimize("no-optimize-sibling-calls")))
int scale(int x) { return x <= 0 ? 0 : rate() + scale(x - 1) + 0 * rate(); }
int both(int x) { return scale(x) + 1; }
