#include <cstdio>
extern "C" int scale(int);
// Made before main, and gone after it.
struct Watch {
    int first;
    Watch() : first(scale(1)) {}
    ~Watch() { std::printf("after %d\n", scale(3)); }
};
static Watch watch;
int main()
{
    std::printf("before %d\nin %d\n", watch.first, scale(2));
    return 0;
}
