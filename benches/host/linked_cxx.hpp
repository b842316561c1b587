// The same routines for cxx: what it can pass is passed to them as it comes.
#ifndef BENCH_LINKED_CXX_HPP
#define BENCH_LINKED_CXX_HPP

#include "linked.h"
#include "rust/cxx.h"

namespace linked {

struct Point;
struct State;

int add(int a, int b);
Point turn(Point p, double k);
State step(State s, double dt);
int blanks(rust::Str text);
double last(rust::Slice<const double> values);
int might(int n);

} // namespace linked
#endif
