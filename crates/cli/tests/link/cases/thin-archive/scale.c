extern int rate(void);
__attribute__((noinline)) int scale(int x) { return x * rate(); }
int both(int x) { return scale(x) + 1; }
