/* @(#) loading.c acceptance kit of cmp-bridge: a routine found in a shared library, as cmpb_legacy() wants it */
#include "kit.h"
#ifdef __hpux
#include <dl.h>
#include <errno.h>
#include <string.h>
#else
#include <dlfcn.h>
#include <string.h>
#endif

typedef int (*routine)(int);

int main(int argc, char **argv)
{
    routine found = 0;
    const char *name = argc > 1 ? argv[1] : "./kit_loaded.sl";
#ifdef __hpux
    shl_t library = shl_load(name, BIND_IMMEDIATE | BIND_VERBOSE, 0L);
    kit_check("shl_load", library != 0, "a library", library ? "" : strerror(errno));
    if (library)
        kit_equal("shl_findsym", 0, shl_findsym(&library, "kit_loaded", TYPE_PROCEDURE, (void *)&found));
#else
    void *library = dlopen(name, RTLD_NOW), *address = library ? dlsym(library, "kit_loaded") : 0;
    kit_check("dlopen and dlsym", address != 0, "a routine", library ? "no routine" : dlerror());
    memcpy(&found, &address, sizeof found);
#endif
    if (found)
        kit_equal("the routine that was found", 42, found(41));
    return kit_end("loading");
}
