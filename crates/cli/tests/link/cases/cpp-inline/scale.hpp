// Each object that includes it may hold a copy, or inline it.
inline int scale(int x) { return x * 3; }
int both(int);
