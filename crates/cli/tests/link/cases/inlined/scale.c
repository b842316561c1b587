extern int rate(void);
int scale(int x) { return x * rate(); }
int both(int x) { return scale(x) + 1; }
