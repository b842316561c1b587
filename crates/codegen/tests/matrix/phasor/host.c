#include <stdio.h>
#include "phasor.h"

static cmp_complex_f64 z(double re, double im)
{
    cmp_complex_f64 made;
    CMP_RE(double, made) = re;
    CMP_IM(double, made) = im;
    return made;
}

static void show(const char *name, cmp_complex_f64 shown)
{
    printf("%s %d %d\n", name, (int)(100 * CMP_RE(double, shown)), (int)(100 * CMP_IM(double, shown)));
}

int main(void)
{
    cmp_complex_f32 single;
    cmp_complex_f64 list[3], scaled = z(3, 4), by = z(1, 2);

    show("turn", phasor_turn(z(3, 4)));
    CMP_RE(float, single) = 0.25f;
    CMP_IM(float, single) = 0.75f;
    single = phasor_turn_single(single, 2.0f);
    printf("turn_single %d %d\n", (int)(100 * CMP_RE(float, single)), (int)(100 * CMP_IM(float, single)));
    phasor_scale(&scaled, &by);
    show("scale", scaled);
    list[0] = z(1, 0.5);
    list[1] = z(2, -1);
    list[2] = z(3, -2);
    show("sum", phasor_sum(list, 3));
    return 0;
}
