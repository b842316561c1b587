int outside(int x);
__attribute__((cold)) void complain(int x);
int elsewhere(int x);
static inline int shared_inline(int x) { return x * 11 + 3; }
__attribute__((visibility("hidden"))) int small(int x);
__attribute__((visibility("hidden"))) int unit_two(int x);
