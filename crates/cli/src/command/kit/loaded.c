/* @(#) loaded.c acceptance kit of cmp-bridge: a shared library */
extern int kit_loaded(int value);

int kit_loaded(int value)
{
    return value + 1;
}
