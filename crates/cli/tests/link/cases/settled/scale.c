extern int rate(void);
__attribute__((noinline)) int scale(int x) { return x * rate(); }
/* Compilers make such names themselves, `.localalias`: the call does not go through `scale`. */
static __typeof(scale) local __attribute__((alias("scale")));
int both(int x) { return local(x) + 1; }
