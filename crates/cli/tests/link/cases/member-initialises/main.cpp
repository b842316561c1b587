#include <cstdio>
int table_ready = 0;
extern "C" int scale(int);
extern "C" __attribute__((weak)) int hook(void) { return 1; }
int main() { std::printf("%d ready %d hook %d\n", scale(1), table_ready, hook()); return 0; }
