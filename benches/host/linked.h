/* Short routines of every shape that Rust calls: see benches/linked.toml. C and C++. */
#ifndef BENCH_LINKED_H
#define BENCH_LINKED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Scalars by value. */
int linked_add(int a, int b);

/* A record in registers, in and out. */
struct linked_point {
    double x, y;
};
struct linked_point linked_turn(struct linked_point p, double k);

/* A record in memory, in and out. */
struct linked_state {
    double t;
    double v[3];
};
struct linked_state linked_move(struct linked_state s, double dt);

/* A text with its length, as Fortran passes it. */
int linked_blanks_(const char *text, size_t length);

/* Text up to a NUL. */
int linked_count(const char *text);

/* An array and its length. */
double linked_last(const double *values, int n);

/* It may throw, for all that its caller knows. */
int linked_might(int n);

#ifdef __cplusplus
}
#endif
#endif
