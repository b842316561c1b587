#include <stdio.h>
int scale(int), twice(int), seven(int);
int main(void) { printf("%d %d %d\n", scale(2), twice(2), seven(2)); return 0; }
