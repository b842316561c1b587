#include <stdio.h>
int scale(int);
int main(void) { printf("%d\n", scale(1)); return 0; }
