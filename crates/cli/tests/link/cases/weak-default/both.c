int scale(int);
int both(int x) { return scale(x) + 1; }
