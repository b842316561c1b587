/* Nested calls on a stack of a given size: `thread DEPTH BYTES`, or in a signal handler: `signal DEPTH BYTES`. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static int depth;
static volatile long result;

__attribute__((noinline, noclone)) int nest(int n)
{
    volatile int kept = n;
    return n ? nest(n - 1) + (kept == n) : 0;
}

static void *thread(void *unused)
{
    result = nest(depth);
    return unused;
}

static void signalled(int number)
{
    (void)number;
    result = nest(depth);
}

int main(int count, char **words)
{
    if (count != 4)
        return 2;
    depth = atoi(words[2]);
    size_t size = (size_t)atol(words[3]);
    if (strcmp(words[1], "thread") == 0) {
        pthread_attr_t attributes;
        pthread_t id;
        pthread_attr_init(&attributes);
        if (pthread_attr_setstacksize(&attributes, size) || pthread_create(&id, &attributes, thread, NULL))
            return 3;
        pthread_join(id, NULL);
    } else {
        /* The page below is closed. */
        char *memory = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mprotect(memory, 4096, PROT_NONE);
        stack_t stack = {.ss_sp = memory + 4096, .ss_size = size};
        struct sigaction action = {.sa_handler = signalled, .sa_flags = SA_ONSTACK};
        if (sigaltstack(&stack, NULL) || sigaction(SIGUSR1, &action, NULL))
            return 4;
        raise(SIGUSR1);
        nest(2); /* and again on the thread's own */
    }
    printf("%s %ld\n", words[1], result);
    return 0;
}
