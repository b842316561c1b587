/* Calls each function with the address of a buffer in the first register, and says whether the result came there. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **names) {
    void *library = dlopen("./libmemory.so", RTLD_NOW);
    if (!library) { puts(dlerror()); return 1; }
    void (*start)(void) = (void (*)(void)) dlsym(library, "memoryinit");
    if (start) start();
    for (int i = 1; i < count; i++) {
        unsigned char buffer[64], untouched[64];
        memset(buffer, 0xA5, sizeof buffer);
        memcpy(untouched, buffer, sizeof buffer);
        void (*function)(void *, int, double) = (void (*)(void *, int, double)) dlsym(library, names[i]);
        if (!function) { printf("%s?\n", names[i]); return 1; }
        function(buffer, 5, 2.0);
        printf("%s %s\n", names[i], memcmp(buffer, untouched, sizeof buffer) ? "memory" : "registers");
    }
    return 0;
}
