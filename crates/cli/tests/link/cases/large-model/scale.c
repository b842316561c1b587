int scale(int x) { return x * 3; }
int both(int x) { return scale(x) + 1; }
int (*chosen(void))(int) { return scale; }
