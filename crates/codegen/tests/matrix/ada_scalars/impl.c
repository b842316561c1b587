#include <math.h>
#include "ada_scalars.h"

filter_return ada_scalars__filter(double value, double memory, double gain)
{
    filter_return r;
    r.jump = fabs(value - memory) > 5;
    r.memory = r.jump ? value : memory + gain * (value - memory);
    r.value = r.memory;
    return r;
}

follows_return ada_scalars__follows(natural received, natural expected)
{
    follows_return r;
    r.lost = received - expected;
    r.RETVAL = r.lost == 0;
    r.expected = received + 1;
    return r;
}

slope_return ada_scalars__slope(float a, float b)
{
    slope_return r;
    r.slope = b / a;
    r.rest = a / 2;
    return r;
}

split_return ada_scalars__split(double x)
{
    split_return r;
    r.whole = round(x);
    r.part = x - r.whole;
    return r;
}

advance_return ada_scalars__advance(cmp_bool alarm, mode state)
{
    advance_return r;
    r.state = alarm ? (mode)survival : (mode)(state < normal ? state + 1 : state);
    r.changed = r.state != state;
    return r;
}

natural ada_scalars__step(natural counter, cmp_i32 by) { return counter + by; }
double ada_scalars__measure(level channel) { return 273.15 + 10 * channel; }
equipment ada_scalars__next(equipment e) { return e == failed ? e : (equipment)(2 * e); }
volts ada_scalars__code(double x) { return (volts)(x < -256 ? -32768 : lround(128 * x)); }
double ada_scalars__decode(volts v, percent loss) { return v / 128.0 * (1 - loss / 10000.0); }
cmp_i32 ada_scalars__command(double angle) { return angle < 0 ? -1 : 2 * (angle > 90); }
