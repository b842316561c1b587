int scale(int);
int both(int x, int a, int b, int c) { return scale(x) + a + b + c; }
