#include <complex>
#include <cstdio>
#include <vector>
#include "grids.hpp"

int main()
{
    const double square[12] = {5, 0, 0, 0, 0, 5, 0, 0, 0, 0, 5, 0};
    std::printf("trace %d\n", int(100 * grids::trace(square, 4, 3)));
    const double a[6] = {1, 2, 3, 4, 5, 6};
    double b[6];
    grids::transpose(2, 3, a, b);
    std::printf("transpose");
    for (int i = 0; i < 6; i++)
        std::printf(" %d", int(100 * b[i]));
    std::vector<double> x(a, a + 3);
    grids::scale(x, 2);
    std::printf("\nscale %d %d %d\n", int(10 * x[0]), int(10 * x[1]), int(10 * x[2]));
    const std::complex<double> c[3] = {1.0, 0.0, 1.0};
    const std::complex<double> value = grids::horner(2, c, std::complex<double>(1, 2));
    std::printf("horner %d %d\n", int(100 * value.real()), int(100 * value.imag()));
    const cmp_logical32 flags[] = {1, 0, 1, 0};
    std::printf("count %d\n", grids::count(flags));
    // One column less than the contract says is refused before the call.
    try {
        grids::transpose(2, 4, a, b);
        std::printf("a short array passed\n");
    } catch (const std::length_error &) {
    }
    return 0;
}
