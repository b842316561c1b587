extern int rate(void);
__attribute__((noinline)) int scale(int x) { return x * rate(); }
int hook(int x) { return scale(x) + 1; }
