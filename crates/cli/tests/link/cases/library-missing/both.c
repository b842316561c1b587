int deep(int);
int both(int x) { return deep(x); }
