int scale(int);
int deep(int x) { return scale(x) + 1; }
