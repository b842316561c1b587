#include <algorithm>
#include <cstdio>
#include "titles.hpp"

int main()
{
    char name[9] = "********";
    const cmp_bridge::view<char> room(name, 8);
    titles::day(room, 1);
    std::replace(room.begin(), room.end(), ' ', '.');
    std::printf("day %s\n", name);
    titles::day(room, 4);
    std::printf("day %.5s...\n", name);
    const char table[3][4] = {{'A', 'S', 'H', ' '}, {'A', 'S', 'V', ' '}, {'P', 'V', 'T', ' '}};
    std::printf("find %d\n", titles::find(table, "ASV"));
    std::printf("find %d\n", titles::find(table, "AS"));
    char letter = 'A';
    titles::next(letter);
    std::printf("next %c\n", letter);
    return 0;
}
