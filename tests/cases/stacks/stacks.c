/* Nested calls on a stack of a given size: of a thread (`thread DEPTH BYTES`), without a closed page below (`open`), in the program's
   own data (`given`); in a signal handler (`signal`), whose stack the kernel does not tell (`disarmed`); in a co-routine that has
   the memory of an earlier, larger one (`coroutine`). The data below a stack must stay as it is. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static struct {
    char below[65536];
    char stack[65536];
} data __attribute__((aligned(4096)));
static ucontext_t caller, routine;
static int depth;
static volatile long result;

__attribute__((noinline, noclone)) int nest(int n)
{
    volatile int kept = n;
    return n ? nest(n - 1) + (kept == n) : 0;
}

/* The same with more on the stack. */
__attribute__((noinline, noclone)) int wide(int n)
{
    volatile char kept[512];
    kept[0] = n & 1;
    return n ? wide(n - 1) + (kept[0] == (n & 1)) : nest(1);
}

static void coroutine(void)
{
    result += wide(depth);
}

static void run(char *low, size_t size, int n)
{
    depth = n;
    getcontext(&routine);
    routine.uc_stack.ss_sp = low;
    routine.uc_stack.ss_size = size;
    routine.uc_link = &caller;
    makecontext(&routine, coroutine, 0);
    swapcontext(&caller, &routine);
}

/* Which of the two a thread or a handler calls. */
static int (*chosen)(int) = nest;

static void *thread(void *unused)
{
    result = chosen(depth);
    return unused;
}

static void signalled(int number)
{
    (void)number;
    result = chosen(depth);
}

static int odd(const char *what, size_t size)
{
    pthread_attr_t attributes;
    pthread_t id[8];
    int i;
    chosen = wide;
    memset(data.below, 0x5a, sizeof data.below);
    pthread_attr_init(&attributes);
    if (strcmp(what, "open") == 0) {
        pthread_attr_setguardsize(&attributes, 0);
        if (pthread_attr_setstacksize(&attributes, size))
            return 3;
        for (i = 0; i < 8; i++)
            if (pthread_create(&id[i], &attributes, thread, NULL))
                return 3;
        for (i = 0; i < 8; i++)
            pthread_join(id[i], NULL);
    } else if (strcmp(what, "given") == 0) {
        if (pthread_attr_setstack(&attributes, data.stack, size) || pthread_create(&id[0], &attributes, thread, NULL))
            return 3;
        pthread_join(id[0], NULL);
    } else if (strcmp(what, "disarmed") == 0) {
        stack_t stack = {.ss_sp = data.stack, .ss_size = size, .ss_flags = SS_AUTODISARM};
        struct sigaction action = {.sa_handler = signalled, .sa_flags = SA_ONSTACK};
        if (sigaltstack(&stack, NULL) || sigaction(SIGUSR1, &action, NULL))
            return 4;
        raise(SIGUSR1);
    } else {
        size_t large = 256 << 10;
        int wanted = depth;
        char *memory = mmap(NULL, large + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        char *top = memory + 4096 + large;
        mprotect(memory, 4096, PROT_NONE);
        run(memory + 4096, large, 2);
        mprotect(top - size - 4096, 4096, PROT_NONE);
        run(top - size, size, wanted);
    }
    for (i = 0; i < (int)sizeof data.below; i++)
        if (data.below[i] != 0x5a)
            return 5;
    printf("%s %ld\n", what, result);
    return 0;
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
    } else if (strcmp(words[1], "signal") != 0) {
        return odd(words[1], size);
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
