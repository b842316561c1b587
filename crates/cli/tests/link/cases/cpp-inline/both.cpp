#include "scale.hpp"
int both(int x) { return scale(x) + 1; }
