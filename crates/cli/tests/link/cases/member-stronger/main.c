#include <stdio.h>
int scale(int);
__attribute__((weak)) int hook(int);
int main(void) { printf("%d hook %d\n", scale(1), hook ? hook(2) : -1); return 0; }
