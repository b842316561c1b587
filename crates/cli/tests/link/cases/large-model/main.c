#include <stdio.h>
int scale(int), both(int);
extern int (*chosen(void))(int);
int main(void) { printf("%d %d %d\n", scale(1), both(2), chosen()(3)); return 0; }
