#include <complex>
#include <cstdio>
#include "longcomplex.hpp"

namespace {

void show(const char *name, const std::complex<long double> &z)
{
    std::printf("%s %d %d\n", name, int(100 * z.real()), int(100 * z.imag()));
}

}

int main()
{
    std::complex<long double> z(1.5L, 2.5L);
    show("conjugate", longcomplex::conjugate(z));
    longcomplex::swap(z);
    show("swap", z);
    return 0;
}
