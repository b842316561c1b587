int scale(int x) { return x * 3; }
int (*const held)(int) = scale;
int both(int x) { return held(x) + 1; }
