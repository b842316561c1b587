#include "scale.hpp"
#include <cstdio>
int (*volatile kept)(int) = scale;
int main() { std::printf("%d %d\n", kept(1), both(2)); }
