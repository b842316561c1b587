/* Une matrice vide a la fin de la memoire : rien ne doit y etre lu. */
#define _DEFAULT_SOURCE 1
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef STUBBED
#define lisser legacy_lisser
#endif
void lisser(int n, int m, double *a)
{
    if (n > 1 && m > 1)
        a[(n - 1) * (m - 1) - 1] += 1;
    printf("lisser %d %d\n", n, m);
}
#undef lisser
extern void lisser(int n, int m, double *a);

int main(void)
{
    long page = sysconf(_SC_PAGESIZE);
    char *memory = mmap(0, 2 * (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    double *last;
    if (memory == MAP_FAILED || mprotect(memory + page, (size_t)page, PROT_NONE) != 0)
        return 2;
    last = (double *)(void *)(memory + page);
    lisser(0, 0, last);
    lisser(-3, -7, last);
    lisser(2, 3, last - 2);
    printf("%g\n", last[-1]);
    return 0;
}
