#include <cstdio>
#include "handles.hpp"

int main()
{
    void *a = handles::open(10, 5), *b = handles::open(100, 1);
    std::printf("living %d\n", handles::living());
    const int first = handles::next(a), second = handles::next(a);
    std::printf("next %d %d %d\n", first, second, handles::next(b));
    cmp_bridge::status status = handles::change(a, 2);
    const int third = handles::next(a), fourth = handles::next(a);
    std::printf("change %d %d %d\n", int(status.code()), third, fourth);
    status = handles::change(a, 0);
    std::printf("change %d %d\n", int(status.code()), handles::next(a));
    handles::close(a);
    handles::close(b);
    std::printf("living %d\n", handles::living());
    return 0;
}
