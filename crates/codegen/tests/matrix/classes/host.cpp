#include <cstdio>
#include "classes.hpp"

namespace {

int scaled(double x) { return int(100 * x); }

}

int main()
{
    classes::Slot a, b;
    classes::slot_construct(a, 1, 5);
    std::printf("slot %d\n", scaled(classes::slot_length(a)));
    classes::slot_construct(b, 3, 8);
    const classes::Slot c = classes::common(a, b);
    std::printf("common %d %d\n", scaled(c.begin_), scaled(c.end_));
    classes::shift(a, 0.5);
    std::printf("shift %d %d\n", scaled(a.begin_), scaled(a.end_));
    classes::Label label = {0, 9};
    classes::label_of(label, 42);
    std::printf("label %d %d\n", label.id_, label.copies_);
    return 0;
}
