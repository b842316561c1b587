int scale(int x) { return x * 5; }
int both(int x) { return scale(x) + 1; }
