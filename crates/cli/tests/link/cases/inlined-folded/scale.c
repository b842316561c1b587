/* No instruction of the copies is left on its own: three times two is six, three times seven twenty-one. */
int scale(int x) { return x * 3; }
int twice(int x) { return scale(x) * 2; }
int seven(int x) { return scale(7) * x; }
