#include <complex>
#include <cstdio>
#include "byref.hpp"

namespace {

int scaled(double x) { return int(100 * x); }

void root(double x)
{
    double answer = 0;
    const cmp_bridge::status status = byref::root(x, answer);
    if (status.is_error())
        std::printf("root %d\n", int(status.code()));
    else
        std::printf("root %d %d\n", int(status.code()), scaled(answer));
}

}

int main()
{
    double c = 0;
    cmp_i32 n = 7;
    byref::add(1.5, 2.5f, n, c);
    std::printf("add %d %d\n", scaled(c), n);
    std::printf("even %d %d\n", byref::even(3), byref::even(4));
    cmp_logical32 flag = 0;
    byref::toggle(flag, 1);
    const int first = flag;
    byref::toggle(flag, 1);
    const int second = flag;
    byref::toggle(flag, 0);
    std::printf("toggle %d %d %d\n", first, second, flag);
    const std::complex<double> product = byref::product(std::complex<double>(1, 2), std::complex<float>(3, 4));
    std::printf("product %d %d\n", scaled(product.real()), scaled(product.imag()));
    const std::complex<float> half = byref::half(std::complex<float>(3, -1));
    std::printf("half %d %d\n", scaled(half.real()), scaled(half.imag()));
    std::printf("mean %d\n", scaled(byref::mean(2, 3)));
    std::printf("cube %ld\n", long(byref::cube(2000)));
    root(9);
    root(-4);
    root(0);
    return 0;
}
