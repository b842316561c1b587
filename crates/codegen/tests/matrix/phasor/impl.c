#include "phasor.h"

cmp_complex_f64 phasor_turn(cmp_complex_f64 z)
{
    cmp_complex_f64 turned;
    CMP_RE(double, turned) = -CMP_IM(double, z);
    CMP_IM(double, turned) = CMP_RE(double, z);
    return turned;
}

cmp_complex_f32 phasor_turn_single(cmp_complex_f32 z, float k)
{
    cmp_complex_f32 turned;
    CMP_RE(float, turned) = -k * CMP_IM(float, z);
    CMP_IM(float, turned) = k * CMP_RE(float, z);
    return turned;
}

void phasor_scale(cmp_complex_f64 *z, const cmp_complex_f64 *by)
{
    const double re = CMP_RE(double, *z), im = CMP_IM(double, *z);
    const double *b = (const double *)by;
    CMP_RE(double, *z) = re * b[0] - im * b[1];
    CMP_IM(double, *z) = re * b[1] + im * b[0];
}

cmp_complex_f64 phasor_sum(const cmp_complex_f64 *z, cmp_i32 n)
{
    const double *parts = (const double *)z;
    cmp_complex_f64 sum;
    int i;
    CMP_RE(double, sum) = 0;
    CMP_IM(double, sum) = 0;
    for (i = 0; i < n; i++) {
        CMP_RE(double, sum) += parts[2 * i];
        CMP_IM(double, sum) += parts[2 * i + 1];
    }
    return sum;
}
