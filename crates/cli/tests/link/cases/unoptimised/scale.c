/* It calls nothing: gcc lets `both` keep its arguments in registers that `scale` happens to leave alone. */
__attribute__((noinline)) int scale(int x) { return x * 3; }
int both(int x, int a, int b, int c) { return scale(x) + a + b + c; }
