#include <stdio.h>
int scale(int), both(int);
/* What a program without scale.o does. */
__attribute__((weak)) int scale(int x) { return x * 7; }
int main(void) { printf("%d %d\n", scale(1), both(2)); return 0; }
