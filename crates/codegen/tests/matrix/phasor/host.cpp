#include <complex>
#include <cstdio>
#include "phasor.hpp"

namespace {

void show(const char *name, const std::complex<double> &z)
{
    std::printf("%s %d %d\n", name, int(100 * z.real()), int(100 * z.imag()));
}

}

int main()
{
    typedef std::complex<double> number;
    show("turn", phasor::turn(number(3, 4)));
    const std::complex<float> single = phasor::turn_single(std::complex<float>(0.25f, 0.75f), 2.0f);
    std::printf("turn_single %d %d\n", int(100 * single.real()), int(100 * single.imag()));
    number z(3, 4);
    phasor::scale(z, number(1, 2));
    show("scale", z);
    const number list[] = {number(1, 0.5), number(2, -1), number(3, -2)};
    show("sum", phasor::sum(list));
    return 0;
}
