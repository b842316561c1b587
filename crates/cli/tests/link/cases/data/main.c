#include <stdio.h>
extern int scale;
int main(void) { printf("%d\n", scale); return 0; }
