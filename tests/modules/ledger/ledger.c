/* ledger.c - COUNT postings, one after the other: ledger COUNT PAUSE.
 *
 * Every seventh one takes PAUSE ms. Prints a line for each, `post NUMBER STATUS`. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

extern int ledger_post(int number, int pause);
extern double ledger_sum(double *values, int n);
extern int legacy_ledger_post(int number, int pause);
extern double legacy_ledger_sum(double *values, int n);

/* What it posts itself goes to the file of LEDGER_LOCAL. */
int legacy_ledger_post(int number, int pause)
{
    const char *name = getenv("LEDGER_LOCAL");
    FILE *file = name ? fopen(name, "a") : 0;
    poll(0, 0, pause);
    if (file == 0)
        return -1;
    fprintf(file, "%d\n", number);
    return fclose(file) == 0 ? 0 : -1;
}

double legacy_ledger_sum(double *values, int n)
{
    double sum = 0.0;
    int i;
    for (i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[1]) : 0, i;
    int pause = argc > 2 ? atoi(argv[2]) : 0;
    double values[3];
    for (i = 1; i <= count; i++) {
        printf("post %ld %d\n", i, ledger_post((int)i, i % 7 == 0 ? pause : 0));
        values[0] = (double)i;
        values[1] = 0.5;
        values[2] = -1.0;
        if (ledger_sum(values, 3) != (double)i - 0.5)
            printf("wrong sum %ld\n", i);
        fflush(stdout);
    }
    printf("end %ld\n", count);
    return 0;
}
