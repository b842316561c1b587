#include <stdio.h>
int scale(int), both(int);
int main(void) { printf("%d %d\n", scale(1), both(2)); return 0; }
