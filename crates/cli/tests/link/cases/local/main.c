#include <stdio.h>
/* Local: the linker never sees a name. */
static __attribute__((noinline)) int scale(int x) { return x * 3; }
int main(int argc, char **argv) { (void)argv; printf("%d\n", scale(argc)); return 0; }
