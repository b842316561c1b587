#include <stdio.h>
extern inline int scale(int x) { return x * 3; }
int (*volatile kept)(int) = scale;
int main(void) { printf("%d\n", scale(1)); return 0; }
