/*
 * A program of two threads that call at the same time: prints how many calls of the second one were answered, in how many
 * milliseconds, while the first one waits for a server that does not answer.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif
#include <pthread.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

extern void textes(char *, char *, double *, int, int *, void *, int *);
extern int strict(int);

static void *first(void *unused)
{
    char text[] = "texte";
    int length = 0;
    textes(text, 0, 0, 3, 0, 0, &length);
    return unused;
}

static double ms(void)
{
    struct timeval t;
    gettimeofday(&t, 0);
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

int main(void)
{
    pthread_t thread;
    int i, answered = 0;
    double start;
    if (pthread_create(&thread, 0, first, 0) != 0)
        return 2;
    usleep(50000);
    start = ms();
    for (i = 0; i < 20; i++)
        answered += strict(1) == 0;
    printf("%d %.0f\n", answered, ms() - start);
    return pthread_join(thread, 0) != 0;
}
