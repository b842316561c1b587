// C++ compiles the same text.
#include "impl.c"
