#include <stdio.h>
int scale(int), both(int, int, int, int);
int main(void) { printf("%d %d\n", scale(1), both(2, 30, 400, 5000)); return 0; }
