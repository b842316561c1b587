#include <cstdio>
extern "C" int scale_(const int *);
static const int one = 1, three = 3;
// A C++ part of a Fortran program.
struct Watch {
    int first;
    Watch() : first(scale_(&one)) {}
    ~Watch() { std::printf("after %d\n", scale_(&three)); }
};
static Watch watch;
extern "C" int first_() { return watch.first; }
