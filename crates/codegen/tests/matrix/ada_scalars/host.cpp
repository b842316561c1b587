#include <cmath>
#include <cstdio>
#include "ada_scalars.hpp"

namespace {

int scaled(double x) { return int(100 * x); }

void filter(double value, double memory, double gain)
{
    const ada_scalars::filter_return r = ada_scalars::filter(value, memory, gain);
    std::printf("filter %d %d %d\n", scaled(r.value), scaled(r.memory), int(r.jump));
}

void follows(int received, int expected)
{
    const ada_scalars::follows_return r = ada_scalars::follows(received, expected);
    std::printf("follows %d %d %d\n", int(r.RETVAL), r.expected, r.lost);
}

void advance(bool alarm, ada_scalars::mode state)
{
    const ada_scalars::advance_return r = ada_scalars::advance(alarm, state);
    std::printf("advance %d %d\n", r.state, int(r.changed));
}

void command(double angle)
{
    const cmp_bridge::status status = ada_scalars::command(angle);
    std::printf("command %d\n", int(status.code()));
}

}

int main()
{
    using namespace ada_scalars;
    ::filter(2, 1, 0.5);
    ::filter(10, 1, 0.5);
    ::follows(5, 5);
    ::follows(9, 6);
    const slope_return s = slope(1, 2);
    std::printf("slope %d %d\n", scaled(s.slope), scaled(s.rest));
    const split_return t = split(2.25);
    std::printf("split %d %d\n", scaled(t.whole), scaled(t.part));
    ::advance(false, acquisition);
    ::advance(true, normal);
    ::advance(true, survival);
    std::printf("step %d\n", step(7, 5));
    std::printf("measure %d\n", int(std::floor(100 * measure(2) + 0.5)));
    std::printf("next %d %d %d %d\n", ada_scalars::next(off), ada_scalars::next(standby), ada_scalars::next(on),
                ada_scalars::next(failed));
    std::printf("code %d %d\n", code(1.25), code(-1000));
    std::printf("decode %d\n", int(std::floor(100000 * decode(160, 1000) + 0.5)));
    ::command(45);
    ::command(91);
    ::command(-1);
    return 0;
}
