int scale(int x) { return x * 3; }
int old_scale(int) __attribute__((alias("scale")));
