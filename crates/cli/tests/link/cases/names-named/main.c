#include <stdio.h>
int scale(int), old_scale(int);
int main(void) { printf("%d %d\n", scale(1), old_scale(2)); return 0; }
