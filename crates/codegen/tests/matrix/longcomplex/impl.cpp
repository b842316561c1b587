#include "longcomplex.h"

extern "C" {

cmp_complex_f80 longcomplex_conjugate(cmp_complex_f80 z)
{
    CMP_IM(long double, z) = -CMP_IM(long double, z);
    return z;
}

void longcomplex_swap(cmp_complex_f80 *z)
{
    const long double re = CMP_RE(long double, *z);
    CMP_RE(long double, *z) = CMP_IM(long double, *z);
    CMP_IM(long double, *z) = re;
}

}
