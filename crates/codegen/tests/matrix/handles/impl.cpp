#include "handles.h"

namespace {

struct Counter {
    Counter(cmp_i32 first, cmp_i32 step) : value(first), step(step) { living++; }
    ~Counter() { living--; }

    cmp_i32 value, step;
    static cmp_i32 living;
};

cmp_i32 Counter::living = 0;

}

extern "C" {

void *handles_open(cmp_i32 first, cmp_i32 step) { return new Counter(first, step); }

cmp_i32 handles_next(void *counter)
{
    Counter *c = static_cast<Counter *>(counter);
    c->value += c->step;
    return c->value - c->step;
}

cmp_i32 handles_change(void *counter, cmp_i32 step)
{
    if (step == 0)
        return -1;
    static_cast<Counter *>(counter)->step = step;
    return 0;
}

void handles_close(void *counter) { delete static_cast<Counter *>(counter); }
cmp_i32 handles_living() { return Counter::living; }

}
