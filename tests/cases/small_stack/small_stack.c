/* A thread with a small stack, most of which its recursion takes; and the first thread, nearly to the end of its own. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

__attribute__((noinline, noipa)) int descend(int n)
{
    volatile char room[400];
    memset((void *)room, n & 1, sizeof room);
    return n <= 0 ? 0 : descend(n - 1) + 1 + 0 * room[n % 400];
}

__attribute__((noinline, noipa)) int deep(int n)
{
    volatile char room[7000];
    memset((void *)room, n & 1, sizeof room);
    return n <= 0 ? 0 : deep(n - 1) + 1 + 0 * room[n];
}

static void *thread(void *unused)
{
    /* 128 KiB: 220 frames of about 450 bytes leave some 25 KiB. */
    printf("thread %d\n", descend(220));
    return unused;
}

int main(void)
{
    pthread_attr_t attributes;
    pthread_t id;
    struct rlimit limit;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 128 * 1024);
    if (pthread_create(&id, &attributes, thread, 0) != 0 || pthread_join(id, 0) != 0)
        return 1;
    getrlimit(RLIMIT_STACK, &limit);
    /* All but 512 KiB of an 8 MiB stack. */
    if (limit.rlim_cur >= 8u << 20)
        printf("main %d\n", deep(1110));
    return 0;
}
