#include <stdlib.h>
#include "handles.h"

struct counter { cmp_i32 value, step; };

static cmp_i32 living;

void *handles_open(cmp_i32 first, cmp_i32 step)
{
    struct counter *c = malloc(sizeof *c);
    if (c == 0)
        return 0;
    c->value = first;
    c->step = step;
    living++;
    return c;
}

cmp_i32 handles_next(void *counter)
{
    struct counter *c = counter;
    const cmp_i32 value = c->value;
    c->value += c->step;
    return value;
}

cmp_i32 handles_change(void *counter, cmp_i32 step)
{
    struct counter *c = counter;
    if (step == 0)
        return -1;
    c->step = step;
    return 0;
}

void handles_close(void *counter)
{
    free(counter);
    living--;
}

cmp_i32 handles_living(void) { return living; }
