// See linked_cxx.hpp.
#include "linked_cxx.hpp"
#include "bench-control/src/bridge.rs.h"

namespace linked {

int add(int a, int b) { return linked_add(a, b); }

Point turn(Point p, double k)
{
    linked_point turned = linked_turn({p.x, p.y}, k);
    return {turned.x, turned.y};
}

State step(State s, double dt)
{
    linked_state moved = linked_move({s.t, {s.v[0], s.v[1], s.v[2]}}, dt);
    return {moved.t, {moved.v[0], moved.v[1], moved.v[2]}};
}

int blanks(rust::Str text) { return linked_blanks_(text.data(), text.size()); }

double last(rust::Slice<const double> values) { return linked_last(values.data(), int(values.size())); }

int might(int n) { return linked_might(n); }

} // namespace linked
