/* @(#) loaded.c acceptance kit of cmp-bridge: a shared library that has a stub, its runtime and legacy routines in it */
#include "legacy.h"

extern int kit_loaded(int value);

/* Through the stub: its data refer to routines, wherever the library was loaded. */
int kit_loaded(int value)
{
    return value + kit_who(0);
}
