#include <complex>
#include "phasor.h"

// As a C++ library would have it: std::complex behind the C types.
namespace {

std::complex<double> of(const cmp_complex_f64 &z) { return std::complex<double>(__real__ z, __imag__ z); }

cmp_complex_f64 to(const std::complex<double> &z)
{
    cmp_complex_f64 made;
    CMP_RE(double, made) = z.real();
    CMP_IM(double, made) = z.imag();
    return made;
}

}

extern "C" {

cmp_complex_f64 phasor_turn(cmp_complex_f64 z) { return to(of(z) * std::complex<double>(0, 1)); }

cmp_complex_f32 phasor_turn_single(cmp_complex_f32 z, float k)
{
    cmp_complex_f32 turned;
    CMP_RE(float, turned) = -k * CMP_IM(float, z);
    CMP_IM(float, turned) = k * CMP_RE(float, z);
    return turned;
}

void phasor_scale(cmp_complex_f64 *z, const cmp_complex_f64 *by) { *z = to(of(*z) * of(*by)); }

cmp_complex_f64 phasor_sum(const cmp_complex_f64 *z, cmp_i32 n)
{
    std::complex<double> sum;
    for (int i = 0; i < n; i++)
        sum += of(z[i]);
    return to(sum);
}

}
