#include <cstdio>
#include "modules.hpp"

int main()
{
    modules::pair a = {1, 1}, b = {2, 2};
    modules::swap(a, b);
    std::printf("swap %d %d %d %d\n", int(100 * a.x), a.n, int(100 * b.x), b.n);
    const modules::pair list[] = {{1, 0}, {7, 0}, {3, 0}};
    cmp_i32 place = 0;
    const double most = modules::heaviest(list, &place);
    std::printf("heaviest %d %d\n", int(100 * most), place);
    std::printf("heaviest %d\n", int(100 * modules::heaviest(list, 0)));
    char text[7] = "******";
    modules::label(5, cmp_bridge::view<char>(text, 6));
    std::printf("label %.3s..\n", text);
    std::printf("positive %d %d\n", modules::positive(1), modules::positive(-1));
    return 0;
}
