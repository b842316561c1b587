// Elements of a derived class are further apart than the routine thinks: this must not compile.
#include "odd.hpp"

struct marked : place {
    double mark;
};

int main()
{
    marked all[2];
    all[0].row = all[0].column = all[1].row = all[1].column = 0;
    return odd::total(all);
}
