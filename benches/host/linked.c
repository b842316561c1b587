/* See linked.h. */
#include "linked.h"

/* Called as they stand: neither inlined, nor cloned, nor folded into one. */
#define ROUTINE __attribute__((noinline, noclone, no_icf, aligned(64)))

ROUTINE int linked_add(int a, int b)
{
    return a + 3 * b;
}

ROUTINE struct linked_point linked_turn(struct linked_point p, double k)
{
    struct linked_point turned;

    turned.x = k - p.y;
    turned.y = p.x;
    return turned;
}

ROUTINE struct linked_state linked_move(struct linked_state s, double dt)
{
    s.t += dt;
    s.v[0] += dt * s.v[1];
    return s;
}

ROUTINE int linked_blanks_(const char *text, size_t length)
{
    return length != 0 && text[length - 1] == ' ';
}

ROUTINE int linked_count(const char *text)
{
    return text[0] != '\0' && text[1] != '\0' ? text[1] : 0;
}

ROUTINE double linked_last(const double *values, int n)
{
    return n > 0 ? values[n - 1] : 0.0;
}

ROUTINE int linked_might(int n)
{
    return n + 1;
}
