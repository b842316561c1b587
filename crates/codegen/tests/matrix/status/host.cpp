#include <cstdio>
#include "status.hpp"

namespace {

void verify(cmp_i32 x)
{
    cmp_u8 copy = 7;
    try {
        const cmp_bridge::status kept = status::throwing::verify(x, copy);
        std::printf("verify %d %d\n", int(kept.code()), copy);
    } catch (const cmp_bridge::error &error) {
        std::printf("verify %d %d\n", int(error.status().code()), copy);
    }
}

// The answer is returned; a warning is kept where somebody asks for it.
void root(double x)
{
    try {
        cmp_bridge::status warning;
        const double n = status::throwing::root(x, &warning);
        std::printf("root %d %d\n", int(warning.code()), int(100 * n));
        if (n != status::throwing::root(x))
            std::printf("another answer\n");
    } catch (const cmp_bridge::error &error) {
        std::printf("root %d\n", int(error.status().code()));
    }
}

}

int main()
{
    verify(200);
    verify(300);
    verify(-1);
    root(9);
    root(2);
    root(-4);
    double answer = 0;
    if (!status::root(-4, answer).is_error() || !status::root(2, answer).is_warning() || !status::root(2, answer).is_valid())
        std::printf("another status\n");
    return 0;
}
