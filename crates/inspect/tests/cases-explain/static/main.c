/* The C library is part of the program: its own affairs are not those of its callers. */
#include <stdio.h>
#include <stdlib.h>
/* @expect prints: +H323@main.c:8 no */
/* @expect allocates: -H323 -H320 no */
#define KEPT __attribute__((noinline, noclone))
KEPT void prints(int x)
{ printf("%d\n", x); }
KEPT void *allocates(int x) { return (char *)malloc(x) + 1; }
int main(int argc, char **argv) { (void)argv; prints(argc); return allocates(argc) == NULL; }
