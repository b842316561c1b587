#include <cstdio>
#include "quadrature.hpp"

extern "C" {

static double square(const double *x) { return *x * *x; }

static void turn(const double *t, double *v)
{
    v[0] = 2;
    v[1] = 2 * *t;
}

}

int main()
{
    std::printf("simpson %d\n", int(100 * quadrature::simpson(square, 0, 3, 4) + 0.5));
    double x[2] = {1, 5};
    quadrature::walk(turn, 0.5, 2, x);
    std::printf("walk %d %d\n", int(100 * x[0]), int(100 * x[1]));
    return 0;
}
