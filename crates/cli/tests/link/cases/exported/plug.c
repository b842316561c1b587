int scale(int);
int plug(int x) { return scale(x); }
