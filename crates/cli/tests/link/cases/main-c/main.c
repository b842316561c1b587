#include <stdio.h>
#include <stdlib.h>
int scale(int);
static int early;
static void __attribute__((constructor)) before(void) { early = scale(1); }
static void after(void) { printf("after %d\n", scale(3)); }
int main(void)
{
    atexit(after);
    printf("before %d\nin %d\n", early, scale(2));
    return 0;
}
